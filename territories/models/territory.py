from django.db import models
from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from geography.contents import contents_of, population_of
from geography.models import Area
from territories.freshness import Freshness, latest_of
from territories.history import HistoricalRecords
from territories.markdown import MARKDOWN_HELP, RenderedField
from territories.models.label import Designation, Publication, ordinal
from territories.pictures import Illustrated, described


class TerritoryQuerySet(models.QuerySet):
    def published(self):
        return self.filter(publication=Publication.PUBLISHED)

    def labelled(self, at=None):
        """Those that hold the label at a time, now by default; of a day, on that day."""
        return self.filter(
            Exists(Designation.objects.in_force(at).filter(territory=OuterRef("pk")))
        )

    def public(self, at=None):
        """What anyone may read: published sheets of territories that hold the label or held it.

        A label granted on a later day, or under embargo, stays unknown until then.
        """
        return self.published().granted(at)

    def granted(self, at=None):
        """Those that hold the label or held it, as far as the public knows."""
        designations = Designation.objects.granted(at).filter(territory=OuterRef("pk"))
        return self.filter(Exists(designations))

    def in_wave(self, number):
        return self.filter(
            Exists(Designation.objects.filter(territory=OuterRef("pk"), wave__number=number))
        )

    def in_region(self, *codes):
        """Those that touch a région, wholly or by one of their areas."""
        touching = Q(areas__parents__level="region", areas__parents__code__in=codes)
        itself = Q(areas__level="region", areas__code__in=codes)
        anchored = Q(areas=None, anchor__parents__level="region", anchor__parents__code__in=codes)
        matching = self.model.objects.filter(touching | itself | anchored).values("pk")
        return self.filter(pk__in=matching)

    def covering(self, commune):
        """Those one of whose areas is, or contains, the commune."""
        areas = Area.objects.containing(commune).values("pk")
        return self.filter(
            pk__in=self.model.areas.through.objects.filter(area__in=areas).values("territory")
        )

    def with_areas(self):
        """Ready to say and to draw where each is, in one more query."""
        areas = Area.objects.select_related("outline").order_by("name")
        return self.select_related("anchor").prefetch_related(Prefetch("areas", areas))

    def with_contents(self):
        """As ``with_areas``, and each area tells its communes: for ``Territory.contents``."""
        areas = Area.objects.with_contents().select_related("outline").order_by("name")
        return self.select_related("anchor").prefetch_related(Prefetch("areas", areas))

    def with_label(self):
        """Annotate the label held, or held last: ``wave_number``, ``label_state`` and its dates."""
        # « active » is the first of the states by the alphabet.
        last = Designation.objects.granted().filter(territory=OuterRef("pk"))
        last = last.order_by("state", "-pk")
        return self.annotate(
            wave_number=Subquery(last.values("wave__number")[:1]),
            announced_on=Subquery(last.values("wave__announced_on")[:1]),
            label_state=Subquery(last.values("state")[:1]),
            granted_on=Subquery(last.values("granted_on")[:1]),
            expires_on=Subquery(last.values("expires_on")[:1]),
        )

    def with_news(self):
        """Annotate ``active_on``, and the numbers ``challenge_count`` and ``measured_count``."""
        count = Count("challenges", distinct=True)
        return self.with_activity().annotate(
            challenge_count=Coalesce(figure(count), 0),
            measured_count=Coalesce(figure(count, STANDING), 0),
        )

    def with_activity(self):
        """Annotate ``active_on``: the date of the last news of its public challenges."""
        read_on = figure(Max("challenges__objectives__readings__on"), STANDING)
        return self.annotate(active_on=latest_of(read_on, figure(Max("challenges__reports__on"))))

    def with_neighbours(self):
        """Annotate ``previous`` and ``next`` by name: dicts of label and slug, or None."""
        others = Territory.objects.public()
        before = others.filter(name__lt=OuterRef("name")).order_by("-name")
        after = others.filter(name__gt=OuterRef("name")).order_by("name")
        sheet = JSONObject(label="name", slug="slug")
        return self.annotate(
            previous=Subquery(before.values_list(sheet)[:1]),
            next=Subquery(after.values_list(sheet)[:1]),
        )


# A reading that counts, as challenges.models.ReadingQuerySet.standing() says it, by the names of
# relations: this app does not know the one of challenges.
STANDING = Q(challenges__objectives__readings__state__in=["declared", "validated"]) & (
    Q(challenges__objectives__readings__superseded_by=None)
    | Q(challenges__objectives__readings__superseded_by__state="rejected")
)


def figure(aggregate, *conditions):
    """A figure over the public challenges of each territory, as a subquery of its own.

    Joined in one query, readings and reports would multiply one another.
    """
    rows = Territory.objects.filter(
        *conditions, pk=OuterRef("pk"), challenges__publication=Publication.PUBLISHED
    )
    return Subquery(rows.order_by().values("pk").annotate(figure=aggregate).values("figure"))


class Territory(Illustrated):
    """A territory of the label, under the name the label gives it."""

    class Kind(models.TextChoices):
        REGION = "region", "région"
        DEPARTEMENT = "departement", "département"
        METROPOLE = "metropole", "métropole"
        AGGLOMERATION = "agglomeration", "agglomération"
        EPT = "ept", "établissement public territorial"
        COMMUNE = "commune", "commune"
        PAYS = "pays", "pays"
        PROJET = "projet", "territoire de projet"

    class Certainty(models.TextChoices):
        STATED = "stated", "documenté"
        OBVIOUS = "obvious", "évident"
        INTERPRETATION = "interpretation", "indicatif"

    name = models.CharField("nom", max_length=120, help_text="Tel que le label l’écrit.")
    slug = models.SlugField(
        "adresse", max_length=80, unique=True, help_text="Sert à l’adresse de la page publique."
    )
    kind = models.CharField("type", max_length=13, choices=Kind)
    summary = models.CharField("résumé", max_length=300, blank=True)
    presentation = models.TextField("présentation", blank=True, help_text=MARKDOWN_HELP)
    presentation_html = RenderedField("presentation")
    plain_summary = models.TextField("en facile à lire (FALC)", blank=True)
    website = models.URLField("site web", blank=True)
    areas = models.ManyToManyField(
        Area, blank=True, related_name="territories", verbose_name="périmètre"
    )
    areas_certainty = models.CharField(
        "certitude du périmètre", max_length=14, choices=Certainty, default=Certainty.STATED
    )
    areas_note = models.TextField("pourquoi ce périmètre", blank=True)
    anchor = models.ForeignKey(
        Area,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="commune repère",
        help_text="Où placer le territoire sur la carte s’il n’a pas de contour.",
    )
    publication = models.CharField(
        "publication", max_length=9, choices=Publication, default=Publication.DRAFT
    )
    updated_at = models.DateTimeField("modifié le", auto_now=True)

    objects = TerritoryQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[areas], excluded_fields=["presentation_html"])

    class Meta:
        verbose_name = "territoire"
        ordering = ["name"]
        constraints = [described("territory_image_described")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("territories:detail", args=[self.slug])

    @cached_property
    def contents(self):
        """The communes of its perimeter, of one read by ``with_contents``."""
        return contents_of(self.areas.all())

    @property
    def population(self):
        """The inhabitants of its perimeter, where figures of one year give them; else None."""
        return population_of(self.areas.all())

    @property
    def is_indicative(self):
        """Whether the perimeter is our reading rather than something the label states."""
        return self.areas_certainty == self.Certainty.INTERPRETATION

    @property
    def place(self):
        """Where it is, in words: « Jura », « Seine-et-Marne et Val-d’Oise »; may be empty."""
        areas = self.areas.all() or ([self.anchor] if self.anchor else [])
        return " et ".join(dict.fromkeys(area.place for area in areas if area.place))

    @property
    def wave_label(self):
        """« 1re vague ». Needs ``with_label()``."""
        return f"{ordinal(self.wave_number)} vague"

    @property
    def label_status(self):
        """Today: in_force, expired, suspended, withdrawn or none. Needs ``with_label()``."""
        if self.label_state != Designation.State.ACTIVE:
            return self.label_state or "none"
        today = timezone.localdate()
        if self.granted_on and self.granted_on > today:
            return "none"
        return "expired" if self.expires_on and self.expires_on <= today else "in_force"

    @property
    def freshness(self):
        """How recent the last news of its challenges is. Needs ``with_news()``."""
        return Freshness.since(self.active_on)
