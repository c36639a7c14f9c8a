"""The sheets of territories, organisations and commitments."""

from django.core.exceptions import ValidationError
from django.utils.text import slugify

from geography.models import Area
from territories.exchange.cells import (
    AreaRow,
    AreaRows,
    Choice,
    Column,
    Day,
    Row,
    Whole,
)
from territories.exchange.sheet import Sheet
from territories.models import (
    Commitment,
    FormerOrganisation,
    Instrument,
    Organisation,
    Pillar,
    Territory,
)
from territories.models.label import Publication


class NamedSheet(Sheet):
    """Rows found by their address; without one, by the address their name would make."""

    source = "name"

    def find(self, row):
        slug = self.cell(row, "slug")
        if not slug:
            slug = slugify(self.cell(row, self.source) or "")[:80]
            row[self.fields["slug"].column_name] = slug
        return self.the_one(slug=slug)


MERGED = "Cet acteur a été fusionné avec un autre, dont l’adresse est"


class OrganisationSheet(NamedSheet):
    keys = ["Adresse"]

    slug = Column("Adresse", "slug")
    name = Column("Nom", "name")
    category = Column("Catégorie", "category", Choice(Organisation.Category))
    description = Column("Rôle", "description")
    website = Column("Site web", "website")

    class Meta(Sheet.Meta):
        model = Organisation
        fields = ["slug", "name", "category", "description", "website"]

    def find(self, row):
        found = super().find(row)
        if found is None and (former := self.former(row)):
            # An older file would bring back a double, in the place of what its address leads to.
            raise ValidationError({"slug": f"{MERGED} {former.organisation.slug}."})
        return found

    def former(self, row):
        rows = FormerOrganisation.objects.filter(slug=self.cell(row, "slug"))
        return rows.select_related("organisation").first()


class TerritorySheet(NamedSheet):
    keys = ["Adresse"]

    slug = Column("Adresse", "slug")
    name = Column("Nom", "name")
    kind = Column("Type", "kind", Choice(Territory.Kind))
    publication = Column("Publication", "publication", Choice(Publication))
    areas = Column("Périmètre", "areas", AreaRows(Area.objects.all()))
    areas_certainty = Column(
        "Certitude du périmètre", "areas_certainty", Choice(Territory.Certainty)
    )
    areas_note = Column("Pourquoi ce périmètre", "areas_note")
    anchor = Column("Commune repère", "anchor", AreaRow(Area.objects.all()))
    summary = Column("Résumé", "summary")
    presentation = Column("Présentation", "presentation")
    plain_summary = Column("En facile à lire (FALC)", "plain_summary")
    website = Column("Site web", "website")

    class Meta(Sheet.Meta):
        model = Territory
        fields = [
            "slug",
            "name",
            "kind",
            "publication",
            "areas",
            "areas_certainty",
            "areas_note",
            "anchor",
            "summary",
            "presentation",
            "plain_summary",
            "website",
        ]

    def get_queryset(self):
        return Territory.objects.select_related("anchor").prefetch_related("areas")


class CommitmentSheet(Sheet):
    """A commitment has no address: its territory, axis and title say which one it is.

    Two may bear the same title, and a title may change: the reference, that an export gives,
    then tells. It is left empty for a new one.
    """

    keys = ["Territoire (adresse)", "Axe (adresse)", "Intitulé"]

    reference = Column("Référence", "pk", Whole(), readonly=True)
    territory = Column("Territoire (adresse)", "territory", Row(Territory.objects.all()))
    pillar = Column("Axe (adresse)", "pillar", Row(Pillar.objects.all()))
    title = Column("Intitulé", "title")
    side = Column("Qui s’engage", "side", Choice(Commitment.Side))
    instrument = Column("Dispositif (identifiant)", "instrument", Row(Instrument.objects.all()))
    due_on = Column("Échéance", "due_on", Day())
    state = Column("État", "state", Choice(Commitment.State))
    done_on = Column("Fait le", "done_on", Day())
    blocked_by = Column("Ce qui bloque", "blocked_by")
    unblocked_by = Column("Ce qui débloquerait", "unblocked_by")

    class Meta(Sheet.Meta):
        model = Commitment
        fields = [
            "reference",
            "territory",
            "pillar",
            "title",
            "side",
            "instrument",
            "due_on",
            "state",
            "done_on",
            "blocked_by",
            "unblocked_by",
        ]

    def get_queryset(self):
        return Commitment.objects.select_related("territory", "pillar", "instrument")

    def find(self, row):
        territory = self.cell(row, "territory")
        if reference := self.cell(row, "reference"):
            found = self.the_one(pk=reference)
            if found is None or found.territory_id != getattr(territory, "pk", None):
                raise ValidationError({"pk": "Aucun engagement de ce territoire n’a ce numéro."})
            return found
        told = {
            "territory": territory,
            "pillar": self.cell(row, "pillar"),
            "title": self.cell(row, "title"),
        }
        if Commitment.objects.filter(**told).count() > 1:
            raise ValidationError(
                {"title": "Plusieurs engagements ont cet intitulé\u00a0: donnez la référence."}
            )
        return self.the_one(**told)
