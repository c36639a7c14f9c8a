"""What the list of territories can be narrowed and ordered by."""

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Cast, Concat

from territories.facets import Facet
from territories.freshness import LABELS, level_of
from territories.models import Commitment, Territory
from territories.models.label import granted, ordinal
from territories.models.territory import STANDING, TerritoryQuerySet


def of_region(column, owner=""):
    """Of the région that is its area, or that its areas or, failing them, its anchor are in.

    ``owner`` is the path to the territory, such as « territory__ ».
    """

    def at(path):
        level = {f"{owner}{path}level": "region"}
        if path.startswith("anchor"):
            level[f"{owner}areas"] = None
        return When(Q(**level), then=F(f"{owner}{path}{column}"))

    return Case(at("areas__"), at("areas__parents__"), at("anchor__parents__"))


def of_public_challenge(column):
    return Case(When(challenges__publication="published", then=F(f"challenges__{column}")))


def acted_on(value):
    """Nothing for a commitment given up."""
    return Case(When(~Q(commitments__state=Commitment.State.ABANDONED), then=value))


def axis_words():
    """« 2. Financement »."""
    position = Cast("commitments__pillar__position", CharField())
    return Concat(position, Value(". "), "commitments__pillar__short_title")


def facets():
    """Made at each request: labels depend on the day."""
    measured = Territory.objects.filter(
        STANDING, pk=OuterRef("pk"), challenges__publication="published"
    )
    return [
        Facet("region", "Région", of_region("code"), of_region("name")),
        Facet(
            "vague",
            "Vague",
            of_granted_wave(),
            write=wave_words,
        ),
        Facet("type", "Type de territoire", F("kind"), labels=capitalised(Territory.Kind)),
        Facet("axe", "Axe du plan", acted_on(F("commitments__pillar__slug")), axis_words()),
        Facet(
            "theme",
            "Thème des défis",
            of_public_challenge("themes__slug"),
            of_public_challenge("themes__name"),
        ),
        Facet(
            "public",
            "Public des défis",
            of_public_challenge("audiences__slug"),
            of_public_challenge("audiences__name"),
        ),
        Facet(
            "nouvelles",
            "Nouvelles",
            F("active_on"),
            labels=LABELS,
            prepare=TerritoryQuerySet.with_activity,
            bucket=level_of,
        ),
        Facet(
            "resultats",
            "Résultats",
            Case(When(Exists(measured), then=Value("mesures"))),
            labels={"mesures": "Avec des résultats mesurés"},
        ),
    ]


ORDERS = {
    "nom": ("Nom", ["name", "pk"]),
    "label": (
        "Label le plus récent",
        [F("granted_on").desc(nulls_last=True), "-wave_number", "name", "pk"],
    ),
    "nouvelles": (
        "Nouvelles les plus récentes",
        [F("active_on").desc(nulls_last=True), "name", "pk"],
    ),
}


def of_granted_wave(owner=""):
    """The number of the wave of a label that is no secret any more."""
    return Case(
        When(granted(f"{owner}designations__"), then=F(f"{owner}designations__wave__number"))
    )


def wave_words(number, text):
    return f"{ordinal(int(number))} vague"


def capitalised(choices):
    return {value: label[0].upper() + label[1:] for value, label in choices.choices}
