"""What the list of challenges can be narrowed and ordered by."""

from django.db.models import Case, Exists, F, OuterRef, Value, When

from challenges.models import Challenge, Reading
from challenges.models.challenge import ChallengeQuerySet
from territories.facets import Facet
from territories.filters import (
    acted_on,
    axis_words,
    capitalised,
    of_granted_wave,
    of_region,
    wave_words,
)
from territories.freshness import LABELS, level_of
from territories.models import Territory


def facets():
    """Made at each request: labels depend on the day."""
    measured = Exists(Reading.objects.standing().filter(objective__challenge=OuterRef("pk")))
    return [
        Facet("theme", "Thème", F("themes__slug"), F("themes__name")),
        Facet("public", "Public", F("audiences__slug"), F("audiences__name")),
        Facet("territoire", "Territoire", F("territory__slug"), F("territory__name")),
        Facet(
            "region", "Région", of_region("code", "territory__"), of_region("name", "territory__")
        ),
        Facet("vague", "Vague", of_granted_wave("territory__"), write=wave_words),
        Facet(
            "type",
            "Type de territoire",
            F("territory__kind"),
            labels=capitalised(Territory.Kind),
        ),
        Facet("axe", "Axe du plan", acted_on(F("commitments__pillar__slug")), axis_words()),
        Facet("nature", "Nature", F("nature"), labels=capitalised(Challenge.Nature)),
        Facet("etape", "Étape", F("stage"), labels=capitalised(Challenge.Stage)),
        Facet(
            "nouvelles",
            "Nouvelles",
            F("active_on"),
            labels=LABELS,
            prepare=ChallengeQuerySet.with_activity,
            bucket=level_of,
        ),
        Facet(
            "resultats",
            "Résultats",
            Case(When(measured, then=Value("mesures"))),
            labels={"mesures": "Avec des résultats mesurés"},
        ),
    ]


ORDERS = {
    "territoire": ("Territoire", ["territory__name", "number", "pk"]),
    "nom": ("Nom", ["title", "pk"]),
    "nouvelles": (
        "Nouvelles les plus récentes",
        [F("active_on").desc(nulls_last=True), "territory__name", "number", "pk"],
    ),
}
