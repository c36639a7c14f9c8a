import gzip
import shutil
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from geography.loading import read, store
from geography.models import Area, Outline, PostalCode
from tests import factories

pytestmark = pytest.mark.django_db

COMMUNES, SHAPES = "communes.csv.gz", "shapes.csv.gz"

FILES = {
    "regions.csv": """\
code,nom,chef_lieu,zone,population
76,Occitanie,31555,metro,6124653
06,Mayotte,97611,drom,256518
988,Nouvelle-Calédonie,98818,com,264596
""",
    "departements.csv": """\
code,nom,region,chef_lieu,zone,population
12,Aveyron,76,12202,metro,279609
46,Lot,76,46042,metro,176473
976,Mayotte,06,97611,drom,256518
988,Nouvelle-Calédonie,988,98818,com,264596
""",
    "epci.csv": """\
siren,nom,type,nb_communes,population_municipale,departements,regions
200067361,CC Grand-Figeac,CC,2,43221,12 46,76
""",
    "ept.csv": """\
siren,nom,nb_communes,population_municipale,departements,epci_parent
200057875,Terres d'Essai,1,4000,46,200067361
""",
    "communes.csv.gz": """\
code,nom,codes_postaux,departement,region,epci,ept,population,lon,lat
12013,Asprières,12700,12,76,200067361,,719,2.136,44.547
46102,Figeac,46100 46101,46,76,200067361,200057875,9970,2.025,44.605
97611,Mamoudzou,97600,976,06,,,71437,45.200,-12.790
98411,L'Île,,988,988,,,,,
""",
    "shapes.csv.gz": """\
level,code,frame,x,y,path
region,76,metropole,460.1,700.25,"M1,2l3,-4.5 0,1z"
epci,200067361,metropole,458.8,633,"M5,6l7,8z"
""",
}
AREAS = {
    ("region", "76"): ("", "", 6124653, None, None, "metropole", 460.1, 700.25),
    ("region", "988"): ("", "", 264596, None, None, "", None, None),
    ("departement", "12"): ("", "Occitanie", 279609, None, None, "", None, None),
    ("epci", "200067361"): ("CC", "Aveyron et Lot", 43221, None, None, "metropole", 458.8, 633.0),
    ("ept", "200057875"): ("", "Lot", 4000, None, None, "", None, None),
    ("commune", "46102"): ("", "Lot", 9970, 2.025, 44.605, "metropole", 458.81, 633.02),
    ("commune", "97611"): ("", "Mayotte", 71437, 45.2, -12.79, "976", 157.39, 774.66),
    ("commune", "98411"): ("", "Nouvelle-Calédonie", None, None, None, "", None, None),
}
NOTHING_NEW = """\
Régions                  3
Départements             4
EPCI                     1
EPT                      1
Communes                 4
Codes postaux            4
Contours                 2
Zones\u00a0: 0 créée, 0 modifiée.
Rattachements\u00a0: 0 créé, 0 retiré.
Codes postaux\u00a0: 0 créé, 0 retiré.
Contours\u00a0: 0 créé, 0 modifié, 0 retiré.
"""


@pytest.fixture
def data(tmp_path, settings):
    """A small country in files, where the command looks for them."""
    (tmp_path / "geo").mkdir()
    (tmp_path / "map").mkdir()
    shutil.copy(settings.DATA_DIR / "map" / "frames.json", tmp_path / "map")
    settings.DATA_DIR = tmp_path
    for name, content in FILES.items():
        write(tmp_path, name, content)
    return tmp_path


def write(data, name, content):
    path = data / "geo" / name
    path.write_bytes(gzip.compress(content.encode()) if path.suffix == ".gz" else content.encode())


def replace(data, name, old, new):
    assert FILES[name].count(old) == 1
    write(data, name, FILES[name].replace(old, new))


def load():
    """What the command says, but for its last line: the seconds it took."""
    output = StringIO()
    call_command("load_geography", stdout=output)
    report, seconds = output.getvalue().removesuffix("\n").rsplit("\n", 1)
    assert seconds.startswith("Chargé en ")
    return report + "\n"


def ordinary_spaces(text):
    return str(text).replace("\u00a0", " ")


def writes(queries):
    verbs = ("INSERT", "UPDATE", "DELETE")
    return [query["sql"] for query in queries if query["sql"].startswith(verbs)]


def test_areas_know_what_they_are_part_of(data):
    load()

    parents = {
        str(area): sorted(map(str, area.parents.all()))
        for area in Area.objects.exclude(level="region")
    }
    epci, lot = "CC Grand-Figeac (200067361)", "Lot (46)"
    assert parents == {
        "Aveyron (12)": ["Occitanie (76)"],
        lot: ["Occitanie (76)"],
        "Mayotte (976)": ["Mayotte (06)"],
        "Nouvelle-Calédonie (988)": ["Nouvelle-Calédonie (988)"],
        epci: ["Aveyron (12)", lot, "Occitanie (76)"],
        "Terres d’Essai (200057875)": [epci, lot, "Occitanie (76)"],
        "Asprières (12013)": ["Aveyron (12)", epci, "Occitanie (76)"],
        "Figeac (46102)": [epci, lot, "Occitanie (76)", "Terres d’Essai (200057875)"],
        "Mamoudzou (97611)": ["Mayotte (06)", "Mayotte (976)"],
        "L’Île (98411)": ["Nouvelle-Calédonie (988)", "Nouvelle-Calédonie (988)"],
    }


def test_areas_say_what_and_where_they_are(data):
    load()

    columns = ("nature", "place", "population", "lon", "lat", "frame", "x", "y")
    stored = {
        (level, code): tuple(values)
        for level, code, *values in Area.objects.values_list("level", "code", *columns)
    }
    assert {key: stored[key] for key in AREAS} == AREAS


def test_postcodes_and_outlines_go_with_their_areas(data):
    load()

    assert set(PostalCode.objects.values_list("code", "area__code")) == {
        ("12700", "12013"),
        ("46100", "46102"),
        ("46101", "46102"),
        ("97600", "97611"),
    }
    assert dict(Outline.objects.values_list("area__code", "path")) == {
        "76": "M1,2l3,-4.5 0,1z",
        "200067361": "M5,6l7,8z",
    }


def test_a_second_load_writes_nothing(data):
    load()

    with CaptureQueriesContext(connection) as queries:
        report = load()

    assert report == NOTHING_NEW
    assert writes(queries) == []


def test_what_differs_follows_the_files(data):
    load()
    figeac = Area.objects.get(code="46102")
    replace(data, "epci.csv", ",12 46,", ",46,")
    replace(data, "shapes.csv.gz", 'region,76,metropole,460.1,700.25,"M1,2l3,-4.5 0,1z"\n', "")
    shapes = FILES["shapes.csv.gz"].splitlines(keepends=True)
    write(data, "shapes.csv.gz", shapes[0] + shapes[2].replace("M5,6", "M5,7"))
    replace(
        data,
        "communes.csv.gz",
        "46102,Figeac,46100 46101,46,76,200067361,200057875,9970",
        "46102,Figeac,46100 46109,46,76,200067361,,10001",
    )

    report = load()

    assert report.splitlines()[-4:] == [
        # Figeac, Occitanie that is drawn no more, Grand-Figeac that is in one département only.
        "Zones\u00a0: 0 créée, 3 modifiées.",
        "Rattachements\u00a0: 0 créé, 2 retirés.",
        "Codes postaux\u00a0: 1 créé, 1 retiré.",
        "Contours\u00a0: 0 créé, 1 modifié, 1 retiré.",
    ]
    stored = Area.objects.get(code="46102")
    assert (stored.pk, stored.population) == (figeac.pk, 10001)
    assert set(stored.postal_codes.values_list("code", flat=True)) == {"46100", "46109"}
    assert not stored.parents.filter(level="ept").exists()
    assert not Area.objects.get(code="200067361").parents.filter(code="12").exists()
    assert Outline.objects.get().path == "M5,7l7,8z"


def test_an_area_that_the_files_do_not_name_is_left_whole(data):
    region = factories.area(level="region", code="999", name="Ailleurs")
    commune = factories.area(level="commune", code="99999", parents=[region])
    PostalCode.objects.create(code="99000", area=commune)
    load()

    report = load()

    left = "2 zones de la base sans équivalent dans les fichiers, sans changement.\n"
    assert report == NOTHING_NEW + left
    assert list(commune.parents.all()) == [region]
    assert commune.postal_codes.count() == 1
    assert Outline.objects.filter(area__in=[region, commune]).count() == 2


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        ("regions.csv", ",nom,", ",titre,", "ligne 1 : colonne absente, « nom »."),
        ("regions.csv", "76,Oc", "06,Oc", "ligne 3 : le code « 06 » a déjà été lu."),
        ("regions.csv", ",264596\n", ",26", "ligne 4 : la dernière ligne est tronquée."),
        (
            "departements.csv",
            "Lot,76",
            "Lot,7",
            "ligne 3 : « region » donne un code inconnu, « 7 ».",
        ),
        ("epci.csv", ",CC,", ",CCC,", "ligne 2 : type d’EPCI inconnu, « CCC »."),
        (
            "epci.csv",
            "12 46",
            "12 47",
            "ligne 2 : « departements » est vide ou donne un code inconnu, « 12 47 ».",
        ),
        ("epci.csv", "CC G", '"CC "G', "ligne 2 : ligne mal formée (',' expected after '\"')."),
        ("ept.csv", "200067361", "1", "ligne 2 : « epci_parent » donne un code inconnu, « 1 »."),
        (COMMUNES, "00,12,", "00,99,", "ligne 2 : « departement » donne un code inconnu, « 99 »."),
        (COMMUNES, "9970", "x", "ligne 3 : « population » n’est pas un nombre entier, « x »."),
        (COMMUNES, "9970", "-1", "ligne 3 : « population » n’est pas un nombre entier, « -1 »."),
        (COMMUNES, "9970,", "9970,,", "ligne 3 : 11 colonnes au lieu de 10."),
        (COMMUNES, "44.605", "?", "ligne 3 : « lat » n’est pas un nombre, « ? »."),
        (COMMUNES, "44.605", "nan", "ligne 3 : « lat » n’est pas un nombre, « nan »."),
        (COMMUNES, "44.605", "90", "ligne 3 : « lon » et « lat » ne sont pas sur la Terre."),
        (COMMUNES, "97600", "9760", "ligne 4 : code postal illisible, « 9760 »."),
        (COMMUNES, "Mamoudzou", "", "ligne 4 : « nom » est vide ou dépasse 200 caractères."),
        (SHAPES, "region,76", "region,7", "ligne 2 : contour d’une zone inconnue, « region 7 »."),
        (SHAPES, "M5,6l7,8z", "<script>", "ligne 3 : le tracé n’est pas un chemin SVG."),
        (SHAPES, "61,metropole", "61,lune", "ligne 3 : cadre inconnu, « lune »."),
    ],
)
def test_a_faulty_line_stops_the_load_and_is_named(data, name, old, new, fault):
    replace(data, name, old, new)

    with pytest.raises(CommandError) as stopped:
        load()

    assert ordinary_spaces(stopped.value) == f"{name}, {fault}"
    assert not Area.objects.exists()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, " : le fichier est introuvable."),
        (b"", ", ligne 1 : le fichier est vide."),
        (b"code,nom\n", ", ligne 1 : le fichier compressé est tronqué ou abîmé."),
        (gzip.compress(b"")[:-4], ", ligne 1 : le fichier compressé est tronqué ou abîmé."),
        (
            b"".join(map(gzip.compress, FILES[COMMUNES].encode().splitlines(keepends=True)))[:-30],
            ", ligne 5 : le fichier compressé est tronqué ou abîmé.",
        ),
        (
            gzip.compress(FILES[COMMUNES].splitlines(keepends=True)[0].encode()),
            ", ligne 1 : le fichier n’a aucune ligne de données.",
        ),
        (
            gzip.compress(FILES[COMMUNES].encode("latin-1")),
            ", ligne 2 : le texte n’est pas en UTF-8.",
        ),
    ],
    ids=["absent", "empty", "not gzip", "cut at once", "cut", "header only", "latin-1"],
)
def test_a_damaged_file_stops_the_load_and_is_named(data, content, fault):
    path = data / "geo" / "communes.csv.gz"
    path.unlink()
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CommandError) as stopped:
        load()

    assert ordinary_spaces(stopped.value) == f"communes.csv.gz{fault}"
    assert not Area.objects.exists()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("{\n}}", "frames.json, ligne 2\u00a0: ce n’est pas du JSON."),
        ("{}", "frames.json\u00a0: les cadres d’outre-mer manquent ou sont incomplets."),
    ],
)
def test_a_drawing_that_cannot_be_read_stops_the_load(data, content, fault):
    (data / "map" / "frames.json").write_text(content)

    with pytest.raises(CommandError) as stopped:
        load()

    assert str(stopped.value) == fault


def test_a_load_that_stops_on_its_way_leaves_nothing(data):
    class PowerCut(Exception):
        pass

    def stop(done):
        if Outline.objects.exists():
            raise PowerCut

    with pytest.raises(PowerCut):
        store(read(data), stop)

    assert not Area.objects.exists()


def test_the_real_country_loads_and_loads_again_without_a_write():
    report = load()

    assert report.splitlines()[:7] == [
        "Régions                 26",
        "Départements           109",
        "EPCI                 1\u202f255",
        "EPT                     11",
        "Communes            34\u202f969",
        "Codes postaux       35\u202f493",
        "Contours             1\u202f385",
    ]
    assert Area.objects.at_level("commune").count() == 34_969

    def parents(level, code, of):
        area = Area.objects.get(level=level, code=code)
        return sorted(area.parents.at_level(of).values_list("name", flat=True))

    assert parents("commune", "93055", "ept") == ["Est Ensemble"]  # Pantin
    assert parents("commune", "75056", "ept") == []  # Paris
    grand_figeac = Area.objects.get(level="epci", children__code="46102")  # Figeac
    assert parents("epci", grand_figeac.code, "departement") == ["Aveyron", "Lot"]
    aix_marseille = Area.objects.get(level="epci", children__code="13055")
    assert parents("epci", aix_marseille.code, "departement") == [
        "Bouches-du-Rhône",
        "Var",
        "Vaucluse",
    ]
    figeac = Area.objects.get(level="commune", code="46102")
    assert (figeac.frame, figeac.x, figeac.y) == (
        "metropole",
        pytest.approx(458.8, abs=0.2),
        pytest.approx(633.0, abs=0.2),
    )
    undrawn = Area.objects.at_level("commune").filter(frame="").exclude(code__startswith="9")
    # Communes of the Cantal re-established after the year of the centroids.
    assert set(undrawn.values_list("code", flat=True)) == {"15031", "15035", "15047", "15171"}

    with CaptureQueriesContext(connection) as queries:
        again = load()

    assert "Zones\u00a0: 0 créée, 0 modifiée." in again
    assert writes(queries) == []
