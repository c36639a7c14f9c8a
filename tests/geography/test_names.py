"""Looking a commune up as people type it, on the real country."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from geography.distance import kilometres, middle
from geography.models import Area, Spelling
from geography.names import EXACT, fold, lookup, of_departement, spellings, sure_one
from tests import france

pytestmark = pytest.mark.django_db

# What was typed, and the code of the commune that was meant.
MESSY = {
    # accents, capitals, hyphens, apostrophes
    "SAINT-ETIENNE": "42218",
    "saint etienne": "42218",
    "orleans": "45234",
    "ORLÉANS": "45234",
    "nimes": "30189",
    "evreux": "27229",
    "BESANCON": "25056",
    "chalons en champagne": "51108",
    "angouleme": "16015",
    "beziers": "34032",
    "Alençon ": "61001",
    "  grenoble": "38185",
    "aix en provence": "13001",
    "AIX-EN-PROVENCE": "13001",
    "bourg en bresse": "01053",
    "bourg-en-b": "01053",
    "boulogne billancourt": "92012",
    "boulogne-sur-mer": "62160",
    "clermont ferrand": "63113",
    "Clermont-Fd": "63113",
    "charleville mézières": "08105",
    "la roche sur yon": "85191",
    "st-germain-en-laye": "78551",
    "pointe à pitre": "97120",
    "pointe a pitre": "97120",
    "villeneuve d ascq": "59009",
    "villeneuve d'ascq": "59009",
    "villeneuve dascq": "59009",
    "Villeneuve d’Ascq": "59009",
    "l'isle d'abeau": "38193",
    "l’isle-adam": "95313",
    "lisle adam": "95313",
    # articles, there or not
    "le mans": "72181",
    "mans": "72181",
    "lemans": "72181",
    "le havre": "76351",
    "havre": "76351",
    "roche sur yon": "85191",
    "la rochelle": "17300",
    "rochelle": "17300",
    "l hay les roses": "94038",
    "lhay les roses": "94038",
    "l'haÿ-les-roses": "94038",
    "hay les roses": "94038",
    "abymes": "97101",
    "les abymes": "97101",
    "sables d olonne": "85194",
    "kremlin bicetre": "94043",
    "le kremlin-bicêtre": "94043",
    "lilas": "93045",
    "pre saint gervais": "93061",
    # saint, sainte, sur, sous
    "st denis": "93066",
    "St-Denis": "97411",
    "st denis 93": "93066",
    "saint denis (93)": "93066",
    "saint-denis réunion": "97411",
    "saint denis 974": "97411",
    "Saint-Denis (Seine-Saint-Denis)": "93066",
    "stdenis": "93066",
    "st. malo": "35288",
    "st nazaire": "44184",
    "st brieuc": "22278",
    "st maur des fosses": "94068",
    "ste genevieve des bois": "91549",
    "ste-foy-les-lyon": "69202",
    "chalon s/ saone": "71076",
    "chalon s/saone": "71076",
    "chalon sur saone": "71076",
    "chalon saone": "71076",
    "vitry s seine": "94081",
    "ivry s/ seine": "94041",
    "fontenay s/s bois": "94033",
    "epinay/seine": "93031",
    "neuilly sur marne": "93050",
    # partial, inverted, run together
    "lons": "39300",
    "lons le": "39300",
    "montceau": "71306",
    "figeac": "46102",
    "mamoudzou": "97611",
    "montreuil": "93048",
    "montreuil sur mer": "62588",
    "romans": "26281",
    "aubag": "13005",
    "issy": "92040",
    "saunier": "39300",
    "provence aix": "13001",
    "aixenprovence": "13001",
    "evry": "91228",
    "cergy-pontoise": "95127",
    # postcodes, arrondissements, addresses
    "75011": "75056",
    "75 011": "75056",
    "Paris 11": "75056",
    "paris 11e arrondissement": "75056",
    "Lyon 3ème": "69123",
    "marseille 08": "13055",
    "93500": "93055",
    "59100 Roubaix": "59512",
    "06130 grasse": "06069",
    "Nantes cedex 2": "44109",
    "67000": "67482",
}


@pytest.fixture(scope="module", autouse=True)
def country(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), france.loaded():
        yield


def names(found):
    return [f"{commune.name} ({commune.place})" for commune in found]


def test_a_hundred_messy_spellings_give_the_right_commune_among_the_first_five():
    assert len(MESSY) == 100

    found = {typed: [commune.code for commune in lookup(typed, 5)] for typed in MESSY}

    missed = {typed for typed, code in MESSY.items() if code not in found[typed]}
    assert missed == {"Clermont-Fd", "cergy-pontoise"}


def test_every_commune_is_found_by_its_own_name():
    """On one in fifty: the whole country takes a minute."""
    communes = Area.objects.at_level("commune").order_by("code")[::50]

    missed = [
        str(commune)
        for commune in communes
        if commune.code not in {c.code for c in lookup(f"{commune.name} ({commune.place})", 5)}
    ]
    assert missed == []


def test_the_best_come_first_exact_then_begun_then_contained():
    found = lookup("montreuil", 20)

    said = [(commune.closeness, -(commune.population or 0)) for commune in found]
    assert said == sorted(said)
    assert {commune.name for commune in found if commune.closeness == EXACT} == {"Montreuil"}
    assert found[0].code == "93048"
    assert names(lookup("ascq", 2)) == ["Villeneuve-d’Ascq (Nord)"]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("le mans", "72181"),
        ("Paris", "75056"),
        ("75011", "75056"),
        ("y", "80829"),
        ("lyon", "69123"),
        ("2a004", "2A004"),
        ("75056", "75056"),
        ("Saint-Denis (La Réunion)", "97411"),
        ("montcuq", "46201"),
        ("saint denis", None),  # five
        ("46100", None),  # some twenty, Figeac the first
        ("lons", None),  # Lons, but Lons-le-Saunier is larger
        ("evry", None),
        ("zzz", None),
    ],
)
def test_the_one_commune_that_was_meant(typed, code):
    meant = sure_one(lookup(typed, 20))

    assert (meant and meant.code) == code


def test_a_postcode_names_those_it_serves_the_largest_first():
    assert lookup("46100", 20)[0].name == "Figeac"
    assert "46102" in {commune.code for commune in lookup("461", 8)}
    assert names(lookup("46100 figeac", 20)) == ["Figeac (Lot)"]
    assert lookup("46100 figeax", 20) == lookup("46100", 20)
    assert lookup("99999", 5) == []


@pytest.mark.parametrize(
    "typed",
    ["", " ", "\0", "🏡", "%", "_", "'", '"', "\\", "(", "%00", "saint%", "é" * 100, "a " * 50]
    + ["\ud800", "\u202eabc", "１２３", "st", "s/", "s/s", "cedex", "0", "00", "0" * 30, "ﷺ"],
)
def test_anything_may_be_typed(typed):
    with CaptureQueriesContext(connection) as queries:
        assert isinstance(lookup(typed, 8), list)
    assert len(queries) <= 2


def test_folding():
    assert fold("L’Haÿ-les-Roses") == fold("l'hay les roses") == fold("HAY ROSES") == "hay roses"
    assert fold("Œuilly") == "oeuilly"
    assert fold("STE s/ Mer") == "sainte sur mer"
    assert fold("La") == "la"
    assert fold("\0🏡") == ""


def test_spellings_of_a_name():
    assert spellings("Villeneuve-d’Ascq") == {
        ("villeneuve d ascq", True),
        ("villeneuve dascq", True),
        ("villeneuvedascq", True),
        ("ascq", False),
        ("dascq", False),
    }
    assert spellings("Le Mans") == {("mans", True), ("lemans", True)}


def test_every_commune_is_spelled_and_nothing_else_is():
    assert Area.objects.at_level("commune").filter(spellings=None).count() == 0
    assert Spelling.objects.exclude(area__level="commune").count() == 0


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("Sarthe", "de la Sarthe"),
        ("Mayotte", "de Mayotte"),
        ("Jura", "du Jura"),
        ("Ain", "de l’Ain"),
        ("Hérault", "de l’Hérault"),
        ("Haute-Savoie", "de la Haute-Savoie"),
        ("Hauts-de-Seine", "des Hauts-de-Seine"),
        ("La Réunion", "de La Réunion"),
        ("Ille-et-Vilaine", "d’Ille-et-Vilaine"),
        ("Seine-et-Marne", "de Seine-et-Marne"),
        ("Essonne", "de l’Essonne"),
        ("Val-d’Oise", "du Val-d’Oise"),
    ],
)
def test_of_a_departement(name, of):
    assert of_departement(name) == of


def place(**fields):
    area = Area.objects.get(**fields)
    return middle(area.lon, area.lat, area.frame, area.x, area.y)


def test_distances_are_those_of_the_globe():
    paris, lyon = place(level="commune", code="75056"), place(level="commune", code="69123")

    assert kilometres(paris, lyon) == pytest.approx(392, abs=4)
    assert kilometres(paris, paris) == 0


@pytest.mark.parametrize("code", ["46102", "97611", "2A004", "59512"])
def test_a_point_of_the_map_is_where_it_was_on_the_globe(code):
    commune = Area.objects.get(level="commune", code=code)
    here = commune.lon, commune.lat

    assert kilometres(here, middle(None, None, commune.frame, commune.x, commune.y)) < 0.02


def test_an_area_that_is_not_drawn_has_no_middle():
    assert middle(None, None, "", None, None) is None
