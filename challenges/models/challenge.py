from django.db import models
from django.db.models import (
    Case,
    Count,
    Exists,
    Max,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Sum,
    Value,
    When,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse

from challenges.charts import chart_of, reading_rows
from challenges.models.objective import Objective, Reading
from challenges.models.report import ProgressReport
from challenges.progress import attach_progress, progress_of
from territories.freshness import Freshness, latest_of
from territories.history import HistoricalRecords
from territories.markdown import MARKDOWN_HELP, RenderedField
from territories.models import Organisation, Territory
from territories.models.demonstration import demonstration_key
from territories.models.label import Publication
from territories.models.plan import Commitment
from territories.pictures import Illustrated, described


class ThemeQuerySet(models.QuerySet):
    def in_use(self):
        """Those of at least one public challenge."""
        return self.filter(Exists(Challenge.objects.published().filter(themes=OuterRef("pk"))))


class Theme(models.Model):
    """A domain of life that challenges share: habitat, emploi, mobilité…"""

    name = models.CharField("nom", max_length=80, unique=True)
    slug = models.SlugField("adresse", max_length=80, unique=True)

    objects = ThemeQuerySet.as_manager()

    class Meta:
        verbose_name = "thème"
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("challenges:theme", args=[self.slug])


class Audience(models.Model):
    """The people a challenge is for, in the words of its carrier."""

    name = models.CharField("nom", max_length=120, unique=True)
    slug = models.SlugField("adresse", max_length=120, unique=True)

    class Meta:
        verbose_name = "public"
        ordering = ["name"]

    def __str__(self):
        return self.name


class ChallengeQuerySet(models.QuerySet):
    def published(self):
        """Those the public reads: published, in a territory that it may read too."""
        territory = Territory.objects.public().filter(pk=OuterRef("territory"))
        return self.filter(Exists(territory), publication=Publication.PUBLISHED)

    def measured(self):
        """Those with at least one standing reading."""
        readings = Reading.objects.standing().filter(objective__challenge=OuterRef("pk"))
        return self.filter(Exists(readings))

    def with_activity(self):
        """Annotate ``active_on``: the date of its last reading or report."""

        def latest(queryset, path):
            dates = queryset.filter(**{path: OuterRef("pk")}).order_by().values(path)
            return Subquery(dates.annotate(latest=Max("on")).values("latest"))

        read_on = latest(Reading.objects.standing(), "objective__challenge")
        reported_on = latest(ProgressReport.objects.all(), "challenge")
        return self.annotate(active_on=latest_of(read_on, reported_on))

    def as_cards(self):
        """A list of them, ready to show with the progress of their objectives.

        Four queries at most, whatever their number.
        """
        challenges = [
            *self.with_activity()
            .select_related("territory", "carrier")
            .prefetch_related("objectives")
        ]
        attach_progress([o for challenge in challenges for o in challenge.objectives.all()])
        return challenges

    def with_neighbours(self):
        """Annotate ``previous`` and ``next`` in the territory: dicts of label and slug, or None."""
        others = Challenge.objects.published().filter(territory=OuterRef("territory"))
        before = others.filter(number__lt=OuterRef("number")).order_by("-number")
        after = others.filter(number__gt=OuterRef("number")).order_by("number")
        sheet = JSONObject(label="title", slug="slug")
        return self.annotate(
            previous=Subquery(before.values_list(sheet)[:1]),
            next=Subquery(after.values_list(sheet)[:1]),
        )

    def related_to(self, challenge):
        """What it comes from, its replications, then those that share a theme, public or carrier.

        Annotated with ``kinship`` (0 for its origin, 1 for a replication, else 2) and ``shared``,
        the number of themes in common.
        """
        origin, replication = Q(pk=challenge.replicated_from_id), Q(replicated_from=challenge)
        sharing = Q(themes__challenges=challenge) | Q(audiences__challenges=challenge)
        return (
            self.filter(sharing | Q(carrier=challenge.carrier_id) | origin | replication)
            .exclude(pk=challenge.pk)
            .annotate(
                kinship=Case(When(origin, then=0), When(replication, then=1), default=2),
                shared=Count("themes", filter=Q(themes__challenges=challenge), distinct=True),
            )
            .order_by("kinship", "-shared", "title")
        )

    def figures(self):
        """The portal's figures over these challenges, in one query.

        ``challenges``, ``objectives`` and ``measured`` (objectives with a standing reading) are
        counts; ``updated_on`` is the date of the last news, or None.
        """
        objectives = Objective.objects.filter(challenge=OuterRef("pk")).order_by()
        measured = objectives.filter(
            Exists(Reading.objects.standing().filter(objective=OuterRef("pk")))
        )

        def count(queryset):
            return Subquery(queryset.values("challenge").annotate(n=Count("pk")).values("n"))

        rows = self.with_activity().annotate(promised=count(objectives), read=count(measured))
        return rows.aggregate(
            challenges=Count("pk"),
            objectives=Coalesce(Sum("promised"), 0),
            measured=Coalesce(Sum("read"), 0),
            updated_on=Max("active_on"),
        )


class Challenge(Illustrated):
    """A problem of the territory that a carrier takes up, with objectives one can check.

    Stage of life, state of publication and freshness are three different things; the last is
    computed from readings and progress reports.
    """

    class Nature(models.TextChoices):
        SOCIAL = "social", "social"
        ENVIRONMENTAL = "environmental", "environnemental"
        CIVIC = "civic", "citoyen"

    class Stage(models.TextChoices):
        EMERGENCE = "emergence", "émergence"
        EXPERIMENTATION = "experimentation", "expérimentation"
        DEPLOYMENT = "deployment", "déploiement"
        REPLICATION = "replication", "essaimage"
        ACHIEVED = "achieved", "atteint"
        PAUSED = "paused", "en pause"
        ABANDONED = "abandoned", "abandonné"

    class Publication(models.TextChoices):
        DRAFT = "draft", "brouillon"
        SUBMITTED = "submitted", "soumis"
        PUBLISHED = "published", "publié"
        ARCHIVED = "archived", "archivé"

    territory = models.ForeignKey(
        Territory, models.PROTECT, related_name="challenges", verbose_name="territoire"
    )
    number = models.PositiveSmallIntegerField("numéro", help_text="Dans le territoire.")
    title = models.CharField("intitulé", max_length=150)
    slug = models.SlugField(
        "adresse", max_length=80, unique=True, help_text="Sert à l’adresse de la page publique."
    )
    carrier = models.ForeignKey(
        Organisation, models.PROTECT, related_name="challenges", verbose_name="porteur"
    )
    nature = models.CharField(
        max_length=13, choices=Nature, blank=True, help_text="Vide si aucun document ne le dit."
    )
    themes = models.ManyToManyField(
        Theme, blank=True, related_name="challenges", verbose_name="thèmes"
    )
    themes_open = models.BooleanField(
        "liste de thèmes non close", default=False, help_text="La source finit par « … »."
    )
    audiences = models.ManyToManyField(
        Audience, blank=True, related_name="challenges", verbose_name="publics"
    )
    audiences_open = models.BooleanField(
        "liste de publics non close", default=False, help_text="La source finit par « … »."
    )
    legal_form = models.CharField("forme juridique", max_length=150, blank=True)
    recognition = models.CharField("reconnaissance", max_length=300, blank=True)
    recognised_by = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="recognised_challenges",
        verbose_name="reconnu par",
    )
    need = models.TextField("le besoin", max_length=10_000, blank=True, help_text=MARKDOWN_HELP)
    need_html = RenderedField("need")
    answer = models.TextField("la réponse", max_length=10_000, blank=True, help_text=MARKDOWN_HELP)
    answer_html = RenderedField("answer")
    plain_summary = models.TextField("en facile à lire (FALC)", max_length=4000, blank=True)
    website = models.URLField("site web", blank=True)
    replicated_from = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="replications",
        verbose_name="inspiré de",
    )
    commitments = models.ManyToManyField(
        Commitment,
        blank=True,
        related_name="challenges",
        verbose_name="engagements du plan qui le soutiennent",
    )
    source_note = models.CharField(
        "précision sur la source", max_length=300, blank=True, help_text="Affichée sur la page."
    )
    stage = models.CharField(
        "étape", max_length=15, choices=Stage, blank=True, help_text="Vide si inconnue."
    )
    publication = models.CharField(
        "publication", max_length=9, choices=Publication, default=Publication.DRAFT
    )
    returned_because = models.TextField(
        "à revoir",
        max_length=1000,
        blank=True,
        editable=False,
        help_text="Ce que l’équipe du label demande avant de publier.",
    )
    updated_at = models.DateTimeField("modifié le", auto_now=True)
    demonstration = demonstration_key()

    objects = ChallengeQuerySet.as_manager()
    history = HistoricalRecords(
        m2m_fields=[themes, audiences, commitments],
        excluded_fields=["need_html", "answer_html"],
    )

    class Meta:
        verbose_name = "défi"
        ordering = ["territory__name", "number"]
        constraints = [
            models.UniqueConstraint(
                "territory",
                "number",
                name="challenge_number_unique_in_territory",
                violation_error_message="Un autre défi de ce territoire a déjà ce numéro.",
            ),
            models.CheckConstraint(
                condition=models.Q(replicated_from__isnull=True)
                | ~models.Q(replicated_from=models.F("pk")),
                name="challenge_not_replicated_from_itself",
                violation_error_message="Un défi ne peut s’inspirer de lui-même.",
            ),
            described("challenge_image_described"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("challenges:detail", args=[self.slug])

    def measured_objectives(self):
        """Its objectives, each with its ``progress``, ``chart`` and table of ``rows``.

        Two queries, three when one of them goes by milestones.
        """
        readings = Reading.objects.select_related("superseded_by").order_by("on", "pk")
        objectives = [
            *self.objectives.prefetch_related(Prefetch("readings", readings)).order_by("position")
        ]
        by_steps = [o for o in objectives if o.kind == Objective.Kind.QUALITATIVE]
        prefetch_related_objects(by_steps, "milestones")
        for objective in objectives:
            readings = objective.readings.all()
            standing = [reading for reading in readings if reading.is_standing]
            milestones = objective.milestones.all() if objective in by_steps else []
            objective.progress = progress_of(objective, standing, milestones)
            objective.chart = chart_of(objective, standing, milestones)
            objective.rows = reading_rows(readings)
        return objectives

    def tags(self):
        """Its themes and audiences, as dicts of ``kind``, ``name`` and ``slug``: one query."""

        def named(kind, queryset):
            return queryset.annotate(kind=Value(kind)).order_by().values("kind", "name", "slug")

        audiences = named("audience", self.audiences.all())
        return named("theme", self.themes.all()).union(audiences, all=True).order_by("name")

    @property
    def freshness(self):
        """How recent the last news is; needs ``with_activity()``."""
        return Freshness.since(self.active_on)
