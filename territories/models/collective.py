from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from territories.history import HistoricalRecords
from territories.models.demonstration import demonstration_key
from territories.models.territory import Territory


class OrganisationQuerySet(models.QuerySet):
    def real(self):
        return self.filter(demonstration=None)

    def public(self):
        """All but those known only by what is not public yet, or no more."""
        here = OuterRef("pk")

        def named(relation, path):
            # By the relation: this app does not know the one of challenges.
            return Organisation._meta.get_field(relation).related_model.objects.filter(
                **{path: here}
            )

        carried, memberships = named("challenges", "carrier"), named("memberships", "organisation")
        shown = [
            carried.published(),
            memberships.filter(territory__in=Territory.objects.public()),
            named("recognised_challenges", "recognised_by"),
            named("instruments", "provider"),
            named("measures", "organisations"),
        ]
        is_shown = reduce(or_, map(Exists, shown))
        return self.filter(is_shown | ~(Exists(carried) | Exists(memberships)))


class Organisation(models.Model):
    """Who acts: carries challenges, provides instruments, belongs to a territory's collective."""

    class Category(models.TextChoices):
        """The lists of the founding document, and the roles it gives to those it names."""

        PROJECT_LEADER = "project_leader", "porteur de projets"
        SOCIAL_ENTERPRISE = "social_enterprise", "entreprise de l’économie sociale et solidaire"
        LOCAL_AUTHORITY = "local_authority", "collectivité"
        COMMITTED_COMPANY = "committed_company", "entreprise engagée"
        INCUBATOR = "incubator", "incubateur"
        HIVE = "hive", "ruche"
        INVESTOR = "investor", "investisseur"
        ASSOCIATION = "association", "association"
        FOUNDATION = "foundation", "fondation"
        MUTUAL = "mutual", "mutuelle"
        COOPERATIVE = "cooperative", "coopérative"
        ADMINISTRATION = "administration", "administration"
        FUNDER = "funder", "financeur"
        NETWORK = "network", "réseau"
        BUSINESS_NETWORK = "business_network", "réseau entrepreneurial"
        BANNER = "banner", "bannière nationale"
        BODY = "body", "organisme"

    name = models.CharField("nom", max_length=200)
    slug = models.SlugField(
        "adresse", max_length=80, unique=True, help_text="Sert à l’adresse de la page publique."
    )
    category = models.CharField("catégorie", max_length=17, choices=Category)
    description = models.CharField("rôle", max_length=300, blank=True)
    website = models.URLField("site web", blank=True)
    demonstration = demonstration_key()

    objects = OrganisationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "acteur"
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("territories:organisation", args=[self.slug])


class CollectiveMemberQuerySet(models.QuerySet):
    def current(self, at=None):
        """Those of a day, today by default."""
        at = at or timezone.localdate()
        return self.filter(
            Q(since__isnull=True) | Q(since__lte=at), Q(until__isnull=True) | Q(until__gte=at)
        )


class CollectiveMember(models.Model):
    """An organisation's place in a territory's collective, with its dates."""

    class Role(models.TextChoices):
        LEAD = "lead", "chef de file"
        MEMBER = "member", "membre"
        SUPPORTER = "supporter", "soutien"
        FUNDER = "funder", "financeur"

    territory = models.ForeignKey(
        "territories.Territory",
        models.CASCADE,
        related_name="members",
        verbose_name="territoire",
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="memberships", verbose_name="acteur"
    )
    role = models.CharField("rôle", max_length=9, choices=Role, default=Role.MEMBER)
    since = models.DateField("depuis le", null=True, blank=True)
    until = models.DateField("jusqu’au", null=True, blank=True)
    note = models.CharField(
        "précision", max_length=300, blank=True, help_text="Par exemple la source du lien."
    )

    objects = CollectiveMemberQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "membre du collectif"
        verbose_name_plural = "membres du collectif"
        ordering = ["organisation__name"]
        constraints = [
            models.UniqueConstraint(
                "territory",
                "organisation",
                "role",
                name="member_once_in_a_role",
                violation_error_message="Cet acteur a déjà ce rôle dans le collectif.",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")),
                name="member_leaves_after_joining",
                violation_error_message="La date de fin précède la date de début.",
            ),
        ]

    def __str__(self):
        return f"{self.organisation} ({self.get_role_display()})"

    def is_current(self, at=None):
        """Whether it runs on a day, today by default: see ``current()``."""
        at = at or timezone.localdate()
        return (not self.since or self.since <= at) and (not self.until or self.until >= at)
