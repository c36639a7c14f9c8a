"""``manage.py load_label`` on an empty database, and on files that went wrong."""

import pytest
from django.core.management import CommandError

from geography.models import Area
from manifesto.models import Manifesto
from tests import factories
from tests.site import founding

pytestmark = pytest.mark.django_db


@pytest.fixture
def areas():
    founding.create_areas()


@pytest.fixture
def files(areas, tmp_path, settings):
    """A copy of the founding files that a test may spoil."""
    settings.DATA_DIR = founding.copy_files(tmp_path)
    return tmp_path


def test_the_first_run_creates_everything_and_says_so(areas):
    assert founding.load().splitlines() == [founding.summary(created=founding.ROWS)]


def test_a_newer_manifesto_stays_in_force(areas):
    factories.manifesto(number=2)

    founding.load()

    assert list(Manifesto.objects.values_list("number", "in_force")) == [(2, True), (1, False)]


def test_a_row_that_staff_made_before_is_taken_as_theirs(areas):
    factories.organisation(slug="cpme", name="CPME", category="business_network")

    assert founding.load().splitlines() == [
        "Acteur CPME : « rôle » vaut « (vide) », le fichier dit « Coopération initiée (axe 6) » "
        "— laissé tel quel",
        founding.summary(created=founding.ROWS - 1, different=1),
    ]


SPOILT = [
    # file, text, its replacement, first key of the object at fault, what is said
    (
        "seed.json",
        '"name": "Figeac",\n   "display": "Figeac",\n',
        "",
        '"order": 4,\n   "slug": "figeac"',
        "« name » manque",
    ),
    ("seed.json", '"number": 1', '"number": "un"', '"number": 1', "« number » devrait être un "),
    (
        "seed.json",
        '"figeac"',
        '"figeac-sud"',
        '"order": 4,\n   "slug": "figeac"',
        "« figeac-sud » ne renvoie à aucun territoire de territories_geo.json",
    ),
    (
        "seed.json",
        '"figeac"',
        '"est-ensemble"',
        '"order": 4,\n   "slug": "figeac"',
        "« est-ensemble » figure deux fois",
    ),
    (
        "seed.json",
        '"wave": 1',
        '"wave": 3',
        '"order": 4,\n   "slug": "figeac"',
        "« 3 » ne renvoie à aucun numéro de vague",
    ),
    (
        "seed.json",
        '"provider": "bpifrance"',
        '"provider": "bpi"',
        '"slug": "fiso-2"',
        "« bpi » ne renvoie à aucun acteur",
    ),
    (
        "seed.json",
        '"fiso-2",',
        '"fiso-3",',
        '"order": 1,\n      "source": "Accès aux outils de financement',
        "« fiso-3 » ne renvoie à aucun dispositif",
    ),
    (
        "seed.json",
        '"organisme"',
        '"secte"',
        '"slug": "avise"',
        "« secte » ne renvoie à aucun type connu",
    ),
    (
        "seed.json",
        '"by": "ars"',
        '"by": "anars"',
        '"by": "ars"',
        "« anars » ne renvoie à aucun acteur",
    ),
    (
        "seed.json",
        '"publics_open_list": true',
        '"publics_open_list": 1',
        '"number": 1,\n   "slug": "scicalliance"',
        "« publics_open_list » devrait être true ou false",
    ),
    (
        "seed.json",
        '"value": "2021"',
        '"value": "bientôt"',
        '"value": "2021"',
        "« bientôt » n’est ni un jour ni une année",
    ),
    (
        "seed.json",
        '"medef",\n       "meti"',
        '"medef",\n       4',
        '"order": 2,\n      "source": "Des coopérations',
        "chaque élément de « organisations » devrait être un texte",
    ),
    (
        "seed.json",
        "http://www.juralliance.fr",
        "juralliance",
        '"slug": "juralliance"',
        "Acteur Juralliance : Saisissez une URL valide.",
    ),
    (
        "territories_geo.json",
        '"kind": "commune"',
        '"kind": "galaxie"',
        '"slug": "figeac"',
        "« galaxie » ne convient pas pour « kind »",
    ),
    (
        "territories_geo.json",
        '"codes": [',
        '"codes": ["999999999", ',
        '"type": "epci"',
        "la zone 999999999 (epci) n’est pas dans la base ; lancez d’abord manage.py load_geography",
    ),
    (
        "territories_geo.json",
        '"anchor_commune": "46102"',
        '"anchor_commune": "46999"',
        '"slug": "figeac"',
        "la zone 46999 (commune) n’est pas dans la base ; lancez d’abord manage.py load_geography",
    ),
    (
        "outside_seed.json",
        "Cinq critères : ",
        "Cinq critères, ",
        '"topic": "criteria"',
        "les critères et leur adresse ne s’y lisent pas",
    ),
    (
        "outside_seed.json",
        "https://banquedesterritoires.fr/french-impact-20",
        "https://exemple.test/",
        '"topic": "wave1"',
        "« sources » ne contient plus l’adresse de banquedesterritoires.fr",
    ),
]


@pytest.mark.parametrize(("name", "before", "after", "key", "said"), SPOILT)
def test_an_error_names_the_file_and_the_line_and_loads_nothing(
    files, name, before, after, key, said
):
    line = founding.spoil(files / name, before, after, key)
    empty = founding.count_rows()
    with pytest.raises(CommandError) as refusal:
        founding.load()

    message = founding.spaced(str(refusal.value))
    assert message.startswith(f"{name}, ligne {line} : {said}")
    assert founding.count_rows() == empty


def test_an_instrument_that_no_measure_cites_is_refused(files):
    founding.spoil(files / "seed.json", '"novess",', "", '"fiso-2",\n       "novess"')

    with pytest.raises(CommandError, match="novess\u00a0» ne renvoie à aucun dispositif cité par"):
        founding.load()


def test_a_truncated_file_is_refused_where_it_stops(files):
    path = files / "seed.json"
    path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:500]))

    with pytest.raises(CommandError, match=r"^seed\.json, ligne \d+\u00a0: JSON mal formé"):
        founding.load()


def test_an_error_at_the_very_end_undoes_everything(files):
    founding.spoil(files / "seed.json", '"headline"', '"titre"', '"order": 5,\n    "headline"')
    empty = founding.count_rows()

    with pytest.raises(CommandError, match="headline"):
        founding.load()

    assert founding.count_rows() == empty


def test_without_geography_it_says_what_to_run_first():
    assert not Area.objects.exists()

    with pytest.raises(CommandError, match=r"lancez d’abord manage\.py load_geography$"):
        founding.load()
