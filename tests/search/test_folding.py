"""Text folded by Python and by the database: the same, whatever it is."""

import unicodedata

import pytest
from django.db.models import Value

from search.folding import Fold, fold
from territories.models import Organisation
from tests import factories

pytestmark = pytest.mark.django_db

FRENCH = ["L’École d’Été", "l'ecole d'ete", "ŒUVRE", "Saint-Étienne", "25\u00a0personnes", "ÀÇÿß"]
SAMPLES = [
    *FRENCH,
    *[unicodedata.normalize("NFD", text) for text in FRENCH],
    "ĀŁŞžőǆ Ω Ж 日本 🙂",
    "100% _a\\b'c\"",
    "",
]


@pytest.mark.parametrize("text", SAMPLES)
def test_the_database_folds_as_python_does(text):
    factories.organisation()

    folded = Organisation.objects.values_list(Fold(Value(text)), flat=True).get()

    assert folded == fold(text)


def test_what_folding_keeps():
    assert fold("L’École d’Été") == fold("l'ecole d'ete") == "l ecole d ete"
    assert fold(unicodedata.normalize("NFD", "L’École")) == "l ecole"
    assert fold("Cœur\u00a0de Saint-Étienne, n° 5") == "coeur de saint etienne, n° 5"


@pytest.mark.parametrize("typed", ["ecole", "École", "ÉCOLE", "l'ecole", "L’École", "e\u0301cole"])
def test_a_text_is_found_however_it_is_typed(typed):
    factories.organisation(name="L’École de la 2e chance")
    factories.organisation(name="La Fabrique")

    found = Organisation.objects.filter(name__folded=typed)

    assert [row.name for row in found] == ["L’École de la 2e chance"]


@pytest.mark.parametrize("typed", ["%", "_", "\\", "e%e"])
def test_what_a_pattern_means_is_only_a_letter(typed):
    factories.organisation(name="Ensemble")

    assert not Organisation.objects.filter(name__folded=typed).exists()
