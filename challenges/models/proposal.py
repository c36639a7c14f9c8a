from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from challenges.models.objective import Objective
from territories.history import HistoricalRecords
from territories.pictures import PictureField


class ProposalQuerySet(models.QuerySet):
    def open(self):
        """Those that still wait for somebody: the label's team, or the territory's."""
        return self.filter(state__in=Proposal.OPEN)


class Proposal(models.Model):
    """What a territory asks to change in the texts of a published challenge.

    The label's team decides field by field. A challenge has one open at most: whoever edits it
    next amends that one.
    """

    class State(models.TextChoices):
        SUBMITTED = "submitted", "à relire par l’équipe du label"
        RETURNED = "returned", "à revoir par le territoire"
        ACCEPTED = "accepted", "acceptée"
        PARTLY = "partly", "acceptée en partie"
        REFUSED = "refused", "refusée"
        WITHDRAWN = "withdrawn", "retirée"

    OPEN = [State.SUBMITTED, State.RETURNED]

    challenge = models.ForeignKey(
        "challenges.Challenge", models.CASCADE, related_name="proposals", verbose_name="défi"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name="proposée par",
    )
    state = models.CharField("état", max_length=9, choices=State, default=State.SUBMITTED)
    submitted_at = models.DateTimeField("proposée le", default=timezone.now)
    decided_at = models.DateTimeField("décidée le", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="décidée par",
    )
    reason = models.TextField("motif", max_length=1000, blank=True)

    objects = ProposalQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "proposition"
        ordering = ["-submitted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "challenge",
                condition=Q(state__in=["submitted", "returned"]),
                name="proposal_open_once_a_challenge",
                violation_error_message="Une proposition attend déjà pour ce défi.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "partly", "refused"])
                | Q(decided_at__isnull=False),
                name="proposal_decided_means_dated",
            ),
        ]

    def __str__(self):
        return f"{self.challenge}, {self.get_state_display()}"

    @property
    def is_open(self):
        return self.state in self.OPEN


class ProposedChange(models.Model):
    """One field of a proposal, or one objective whole: what it was, what it would be.

    ``before`` and ``after`` are plain values as ``challenges.sheet`` gives them; a new objective
    has no ``before``. After a decision, ``after`` is what was asked and ``published`` what the
    label's team wrote instead, when it amended.
    """

    OBJECTIVE = "objective"

    class Decision(models.TextChoices):
        PENDING = "pending", "en attente"
        ACCEPTED = "accepted", "accepté"
        AMENDED = "amended", "accepté avec une retouche"
        REFUSED = "refused", "refusé"

    proposal = models.ForeignKey(
        Proposal, models.CASCADE, related_name="changes", verbose_name="proposition"
    )
    field = models.CharField("champ", max_length=30)
    objective = models.ForeignKey(
        Objective,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="proposed_changes",
        verbose_name="objectif",
    )
    before = models.JSONField("avant", null=True)
    after = models.JSONField("après")
    picture = PictureField(
        verbose_name="image", help_text="Celle qui est proposée, si c’en est une."
    )
    published = models.JSONField("publié", null=True)
    decision = models.CharField(
        "décision", max_length=8, choices=Decision, default=Decision.PENDING
    )
    reason = models.CharField("motif", max_length=500, blank=True)

    class Meta:
        verbose_name = "modification proposée"
        verbose_name_plural = "modifications proposées"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "proposal",
                "field",
                condition=~Q(field="objective"),
                name="proposed_change_once_a_field",
            ),
            models.UniqueConstraint(
                "proposal",
                "objective",
                condition=Q(objective__isnull=False),
                name="proposed_change_once_an_objective",
            ),
            models.CheckConstraint(
                condition=Q(objective__isnull=True) | Q(field="objective"),
                name="proposed_change_of_a_field_or_an_objective",
            ),
        ]

    def __str__(self):
        return self.field
