"""The sheets of challenges, objectives and readings."""

from django.core.exceptions import ValidationError
from simple_history.utils import bulk_create_with_history

from challenges.editing import free_slug
from challenges.models import Audience, Challenge, Objective, Reading, Theme
from territories.exchange.cells import (
    Choice,
    Column,
    Day,
    Number,
    Row,
    Rows,
    Whole,
    YesNo,
    plain,
    unescape,
)
from territories.exchange.sheet import Sheet
from territories.models import Organisation, Territory

Publication = Challenge.Publication
DECIDED = "Ce défi est soumis\u00a0: décidez-en sur sa page, qui écrit à son auteur."
SUBMITTED = "Un défi est soumis par son territoire, dans son espace."


class ChallengeSheet(Sheet):
    """Found by its address or, without one, by its number in its territory."""

    keys = ["Territoire (adresse)", "Numéro"]

    slug = Column("Adresse", "slug")
    territory = Column("Territoire (adresse)", "territory", Row(Territory.objects.all()))
    number = Column("Numéro", "number", Whole())
    title = Column("Intitulé", "title")
    carrier = Column("Porteur (adresse)", "carrier", Row(Organisation.objects.all()))
    publication = Column("Publication", "publication", Choice(Publication))
    stage = Column("Étape", "stage", Choice(Challenge.Stage))
    nature = Column("Nature", "nature", Choice(Challenge.Nature))
    need = Column("Le besoin", "need")
    answer = Column("La réponse", "answer")
    plain_summary = Column("En facile à lire (FALC)", "plain_summary")
    themes = Column("Thèmes", "themes", Rows(Theme.objects.all(), "name"))
    themes_open = Column("Liste de thèmes non close", "themes_open", YesNo())
    audiences = Column("Publics", "audiences", Rows(Audience.objects.all(), "name"))
    audiences_open = Column("Liste de publics non close", "audiences_open", YesNo())
    legal_form = Column("Forme juridique", "legal_form")
    recognition = Column("Reconnaissance", "recognition")
    recognised_by = Column(
        "Reconnu par (adresse)", "recognised_by", Row(Organisation.objects.all())
    )
    replicated_from = Column(
        "Inspiré de (adresse)", "replicated_from", Row(Challenge.objects.all())
    )
    website = Column("Site web", "website")
    source_note = Column("Précision sur la source", "source_note")

    class Meta(Sheet.Meta):
        model = Challenge
        fields = [
            "slug",
            "territory",
            "number",
            "title",
            "carrier",
            "publication",
            "stage",
            "nature",
            "need",
            "answer",
            "plain_summary",
            "themes",
            "themes_open",
            "audiences",
            "audiences_open",
            "legal_form",
            "recognition",
            "recognised_by",
            "replicated_from",
            "website",
            "source_note",
        ]

    def get_queryset(self):
        return Challenge.objects.select_related(
            "territory", "carrier", "recognised_by", "replicated_from"
        ).prefetch_related("themes", "audiences")

    def find(self, row):
        if slug := self.cell(row, "slug"):
            return self.the_one(slug=slug)
        found = self.the_one(territory=self.cell(row, "territory"), number=self.cell(row, "number"))
        title = self.cell(row, "title") or ""
        row["Adresse"] = found.slug if found else free_slug(Challenge, title)
        return found

    def objection(self, instance, name, value):
        """As the acts of the list: a submitted challenge is read again, or archived."""
        if name != "publication":
            return ""
        if value == Publication.SUBMITTED:
            return SUBMITTED
        is_decided = instance.publication == Publication.SUBMITTED
        return DECIDED if is_decided and value != Publication.ARCHIVED else ""


class ObjectiveSheet(Sheet):
    """Found by its place among the objectives of its challenge."""

    keys = ["Défi (adresse)", "Rang"]

    challenge = Column("Défi (adresse)", "challenge", Row(Challenge.objects.all()))
    position = Column("Rang", "position", Whole())
    wording = Column("Énoncé", "wording")
    kind = Column("Sorte", "kind", Choice(Objective.Kind))
    target = Column("Cible", "target", Number())
    unit = Column("Unité", "unit")
    scope = Column("Périmètre compté", "scope")
    due_on = Column("Échéance", "due_on", Day())
    due_precision = Column("Précision de l’échéance", "due_precision", Choice(Objective.Precision))
    baseline = Column("Valeur de départ", "baseline", Number())
    baseline_on = Column("Mesurée le", "baseline_on", Day())

    class Meta(Sheet.Meta):
        model = Objective
        fields = [
            "challenge",
            "position",
            "wording",
            "kind",
            "target",
            "unit",
            "scope",
            "due_on",
            "due_precision",
            "baseline",
            "baseline_on",
        ]

    def get_queryset(self):
        return Objective.objects.select_related("challenge")

    def find(self, row):
        return self.the_one(
            challenge=self.cell(row, "challenge"), position=self.cell(row, "position")
        )


class ObjectiveRow(Row):
    """An objective, by its place in the challenge named in the same line."""

    def clean(self, value, row=None, **kwargs):
        if self.rows is None:
            self.rows = {
                (objective.challenge.slug, objective.position): objective
                for objective in self.queryset.all()
            }
        position = Whole().clean(value)
        slug = super(Row, self).clean(row["Défi (adresse)"])
        if (slug, position) not in self.rows:
            raise ValueError(f"Le défi «\u00a0{slug[:80]}\u00a0» n’a pas d’objectif de ce rang.")
        return self.rows[slug, position]

    def render(self, value, obj=None, **kwargs):
        return None if value is None else value.position


class ReadingSheet(Sheet):
    """Readings are added, never rewritten; one that is already there stays as it is.

    They come by thousands: history and log are written together, as whole rows all the same.
    """

    keys = ["Défi (adresse)", "Objectif (rang)", "Date de la mesure", "Valeur", "Source"]

    challenge = Column("Défi (adresse)", "objective__challenge__slug", readonly=True)
    objective = Column(
        "Objectif (rang)",
        "objective",
        ObjectiveRow(Objective.objects.select_related("challenge")),
    )
    wording = Column("Énoncé de l’objectif", "objective__wording", readonly=True)
    on = Column("Date de la mesure", "on", Day())
    value = Column("Valeur", "value", Number())
    unit = Column("Unité", "objective__unit", readonly=True)
    source = Column("Source", "source")
    comment = Column("Commentaire", "comment")
    state = Column("État", "state", Choice(Reading.State), readonly=True)

    class Meta(Sheet.Meta):
        model = Reading
        use_bulk = True
        fields = [
            "challenge",
            "objective",
            "wording",
            "on",
            "value",
            "unit",
            "source",
            "comment",
            "state",
        ]

    def get_queryset(self):
        return Reading.objects.select_related("objective__challenge")

    def prepare(self, table):
        place = table.headings.index("Défi (adresse)")
        slugs = {unescape(row[place]).strip() for row in table.rows}
        if self.writes:
            # Two imports of the same file wait for one another, as progress reports do.
            locked = Challenge.objects.filter(slug__in=slugs).order_by("pk").values_list("pk")
            list(locked.select_for_update())
        rows = Reading.objects.filter(objective__challenge__slug__in=slugs)
        self.known = {
            (objective, on, value, plain(source)): pk
            for objective, on, value, source, pk in rows.values_list(
                "objective", "on", "value", "source", "pk"
            )
        }

    def find(self, row):
        """The same value, of the same day and source: of the database, or higher in the file."""
        told = [self.cell(row, name) for name in ["objective", "on", "value", "source"]]
        if None in told[:3]:
            return None  # refused below, where each empty cell is named
        key = (told[0].pk, *told[1:])
        if key in self.known:
            same = Reading(**dict(zip(["objective", "on", "value", "source"], told, strict=True)))
            same.pk = self.known[key] or -1
            return same
        return None

    def import_instance(self, instance, row, **kwargs):
        if instance.pk:
            instance.differences, instance.links = [], {}
            return
        super().import_instance(instance, row, **kwargs)
        instance.by = self.by
        # A figure of a fictional objective would leave with it: it is as fictional.
        instance.demonstration_id = instance.objective.demonstration_id

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        """All but what was read from the database just before, asked again for each row."""
        known = {"objective", "by", "supersedes", "demonstration"}
        errors = dict(import_validation_errors or {})
        try:
            instance.full_clean(exclude=known | set(errors), validate_constraints=False)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def save_instance(self, instance, is_create, row, **kwargs):
        super().save_instance(instance, is_create, row, **kwargs)
        self.known[instance.objective_id, instance.on, instance.value, instance.source] = None

    def bulk_create(self, using_transactions, dry_run, raise_errors, batch_size=None, result=None):
        rows, self.create_instances = self.create_instances, []
        if rows and not dry_run:
            bulk_create_with_history(
                rows,
                Reading,
                batch_size=500,
                default_user=self.by,
                default_change_reason=self.reason,
            )

    def save_m2m(self, instance, row, **kwargs):
        """It has none."""

    def refresh(self, rows):
        """No document of the search has words of a reading."""
