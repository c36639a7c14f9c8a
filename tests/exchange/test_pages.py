"""The pages of the administration: import in two steps, export of a selection."""

import io
import re
import zipfile

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile

from challenges.models import Challenge, Reading
from search.models import Entry
from territories.models import Commitment, Organisation, Territory
from tests import factories

pytestmark = pytest.mark.ignore_template_errors

ORGANISATIONS = "/admin/territories/organisation/"
READINGS = "/admin/challenges/reading/"
HEAD = "Adresse;Nom;Catégorie;Site web\n"


def sent(client, address, content, name="acteurs.csv"):
    content = content.encode() if isinstance(content, str) else content
    return client.post(f"{address}importer/", {"file": SimpleUploadedFile(name, content)})


def token_of(response):
    return re.search(r'name="token" value="(\w+)"', response.content.decode())[1]


def confirmed(client, address, response, **more):
    return client.post(f"{address}importer/", {"token": token_of(response)} | more)


def words(response):
    return response.content.decode().replace("&#x27;", "'")


@pytest.fixture
def maison(db):
    return factories.organisation(name="La Maison", slug="maison", website="https://a.test/")


def test_tells_then_writes(admin_client, admin_user, maison):
    content = HEAD + "maison;La Maison d’à côté;association;\nruche;La Ruche;Ruche;\n"
    response = sent(admin_client, ORGANISATIONS, content)
    assert "Rien n’est écrit encore" in words(response)
    assert "<del>La Maison</del>" in words(response)
    assert "<del>https://a.test/</del>" in words(response)
    assert Organisation.objects.count() == 1
    assert not LogEntry.objects.exists()

    response = confirmed(admin_client, ORGANISATIONS, response)
    assert response.headers["Location"] == ORGANISATIONS
    maison.refresh_from_db()
    assert (maison.name, maison.website) == ("La Maison d’à côté", "")
    last = maison.history.first()
    assert last.history_change_reason == "Import de acteurs.csv"
    assert last.history_user == admin_user
    ruche = Organisation.objects.get(slug="ruche")
    assert ruche.category == "hive"
    assert ruche.history.get().history_change_reason == "Import de acteurs.csv"
    logged = LogEntry.objects.values_list("object_id", "action_flag", "change_message")
    assert set(logged) == {
        (str(maison.pk), 2, "Import de acteurs.csv"),
        (str(ruche.pk), 1, "Import de acteurs.csv"),
    }
    titles = Entry.objects.filter(kind="acteurs").values_list("title", flat=True)
    assert set(titles) == {"La Maison d’à côté", "La Ruche"}


def test_a_refused_row_stops_all_unless_asked(admin_client, db):
    content = (
        HEAD
        + f"a;{'x' * 201};association;\nb;Bien;association;\n"
        + "c;C;inconnue;\nd;D;ruche;javascript:x\n"
    )
    response = sent(admin_client, ORGANISATIONS, content)
    shown = words(response)
    assert "<strong>3</strong> refusées" in shown
    assert ">2</th><td>Nom</td>" in shown
    assert ">4</th><td>Catégorie</td>" in shown
    assert ">5</th><td>Site web</td>" in shown
    stopped = confirmed(admin_client, ORGANISATIONS, response)
    assert "Rien n’est écrit\u00a0: des lignes sont refusées." in words(stopped)
    assert not Organisation.objects.exists()
    confirmed(admin_client, ORGANISATIONS, stopped, partly="on")
    assert Organisation.objects.get().name == "Bien"


def test_what_changed_meanwhile_is_told_again(admin_client, maison):
    response = sent(admin_client, ORGANISATIONS, HEAD + "maison;Autre;association;https://a.test/")
    maison.name = "Changée"
    maison.save()
    response = confirmed(admin_client, ORGANISATIONS, response)
    assert "Des données ont changé entre-temps" in words(response)
    assert "<del>Changée</del>" in words(response)
    maison.refresh_from_db()
    assert maison.name == "Changée"
    assert confirmed(admin_client, ORGANISATIONS, response).status_code == 302


def test_a_file_is_its_senders_and_serves_once(client_of, maison):
    sender, other = (client_of(factories.user(is_staff=True, is_superuser=True)) for _ in range(2))
    response = sent(sender, ORGANISATIONS, HEAD + "maison;Autre;association;")
    assert "n’est plus gardé" in words(confirmed(other, ORGANISATIONS, response))
    assert "n’est plus gardé" in words(confirmed(sender, READINGS, response))
    assert confirmed(sender, ORGANISATIONS, response).status_code == 302
    assert "n’est plus gardé" in words(confirmed(sender, ORGANISATIONS, response))


def bomb():
    """A small workbook that would fill the memory."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 70_000_000)
    return stream.getvalue()


def workbook(*rows):
    book, stream = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Ce fichier est vide."),
        (b"\n\n;;\n", "Ce fichier est vide."),
        (HEAD.encode(), "aucune ligne"),
        (b"x" * 5_000_001, "dépasse 5\u00a0Mo"),
        ("Nom;Catégorie\nA;ruche", "Colonnes manquantes\u00a0: Adresse."),
        ("Adresse;Nom;Mail\na;A;b", "Colonnes inconnues\u00a0: Mail."),
        ("Adresse;Nom;Nom\na;A;b", "Deux colonnes ont le même titre"),
        ("a,b\n1,2", "ne sont pas celles attendues"),
        (b"Adresse;Nom\n\x81\x8d;a", "encodage"),
        (b"\x89PNG\x00\x00", "encodage|celles attendues|aucune ligne"),
        (b"\xd0\xcf\x11\xe0rest", "ni un CSV ni un XLSX"),
        (b"PK\x03\x04garbage", "illisible"),
        (b"\xff\xfe\x00", "encodage|celles attendues|aucune ligne|vide"),
        ("Adresse;Nom\n" + "a;b\n" * 20_001, "lignes\u00a0: coupez"),
        (bomb, "trop gros"),
    ],
    ids=range(15),
)
def test_a_bad_file_says_why(admin_client, content, said):
    response = sent(admin_client, ORGANISATIONS, content() if callable(content) else content)
    assert response.status_code == 200
    assert re.search(said, words(response)), re.findall(r"errornote.*", words(response))


def test_no_file(admin_client):
    assert "Choisissez un fichier." in words(admin_client.post(f"{ORGANISATIONS}importer/"))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("a\0;A;ruche;", "caractère interdit"),
        ("a;A;ruche;;en trop", "Plus de cellules"),
        ("a b;A;ruche;", "Adresse"),
        ("a;;ruche;", "Nom"),
        (f"{'a' * 81};A;ruche;", "Adresse"),
        (f"a;{'A' * 100_001};ruche;", "dépasse 100000"),
    ],
)
def test_a_bad_row_says_why(admin_client, row, said):
    response = sent(admin_client, ORGANISATIONS, HEAD + row)
    assert "<strong>1</strong> refusée<" in words(response)
    assert said in words(response)


def test_formulas_of_a_workbook_are_refused(admin_client):
    content = workbook(["Adresse", "Nom", "Catégorie"], ["a", "=1+1", "ruche"])
    assert "une formule" in words(sent(admin_client, ORGANISATIONS, content))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings_and_delimiters(admin_client, encoding):
    for delimiter in ";,\t":
        content = (HEAD + "e;Été;ruche;").replace(";", delimiter).encode(encoding)
        assert ">Été</td>" in words(sent(admin_client, ORGANISATIONS, content))


READING_HEAD = "Défi (adresse);Objectif (rang);Date de la mesure;Valeur;Source;Commentaire\n"


def test_readings_are_added_never_rewritten(admin_client, admin_user):
    challenge = factories.challenge(slug="toit")
    objective = factories.objective(challenge=challenge)
    old = factories.reading(objective=objective, value="-2.50", source="Enquête", comment="avant")
    content = READING_HEAD + (
        "toit;1;30/06/2020;-2,5;Enquête;réécrit\n"  # there already
        "toit;1;2020-12-31;1 200,25;Enquête;\n"
        "toit;1;31/12/2020;1200.25;Enquête;deux fois dans le fichier\n"
    )
    response = sent(admin_client, READINGS, content, "relevés.csv")
    assert "<strong>1</strong> nouvelle<" in words(response)
    assert "<strong>2</strong> inchangées<" in words(response)
    confirmed(admin_client, READINGS, response)
    old.refresh_from_db()
    assert old.comment == "avant"
    new = Reading.objects.exclude(pk=old.pk).get()
    assert (new.state, new.by, str(new.value)) == ("declared", admin_user, "1200.25")
    assert new.history.get().history_change_reason == "Import de relevés.csv"
    assert new.history.get().history_user == admin_user
    assert LogEntry.objects.get().object_id == str(new.pk)


def test_three_bad_readings(admin_client):
    factories.objective(challenge=factories.challenge(slug="toit"))
    content = READING_HEAD + (
        "toit;1;31/12/2020;10;Enquête;\n"
        "toit;1;31/02/2020;10;Enquête;\n"
        "toit;9;31/12/2020;10;Enquête;\n"
        "toit;1;31/12/2090;beaucoup;;\n"
    )
    shown = words(sent(admin_client, READINGS, content))
    assert "<strong>3</strong> refusées" in shown
    assert "n’est pas une date" in shown
    assert "n’a pas d’objectif de ce rang" in shown
    assert "n’est pas un nombre" in shown
    assert not Reading.objects.exists()


def test_two_commitments_alike_need_the_reference(admin_client):
    place, axis = factories.territory(slug="ici"), factories.pillar(1)
    rows = [factories.commitment(territory=place, pillar=axis, title="Lieu") for _ in range(2)]
    address = "/admin/territories/commitment/"
    head = "Référence;Territoire (adresse);Axe (adresse);Intitulé;Qui s’engage\n"
    response = sent(admin_client, address, head + ";ici;axe-1;Lieu;le territoire")
    assert "donnez la référence" in words(response)
    content = head + f"{rows[1].pk};ici;axe-1;Lieu rouvert;le territoire"
    confirmed(admin_client, address, sent(admin_client, address, content))
    assert [c.title for c in Commitment.objects.order_by("pk")] == ["Lieu", "Lieu rouvert"]


def test_areas_go_by_level_and_code(admin_client):
    """A région and a département share the code 93."""
    factories.area(level="region", code="93", name="Sud")
    inside = factories.area(level="departement", code="93", name="Seine-Saint-Denis")
    content = (
        "Adresse;Nom;Type;Périmètre\nici;Ici;projet;\nici;Ici;territoire de projet;département 93"
    )
    content = content.replace("ici;Ici;projet;\n", "")
    address = "/admin/territories/territory/"
    confirmed(admin_client, address, sent(admin_client, address, content))
    place = Territory.objects.get(slug="ici")
    assert [*place.areas.all()] == [inside]
    assert place.publication == "draft"


def exported(client, address, query="", **data):
    response = client.post(f"{address}exporter/{query}", {"extension": "csv"} | data)
    assert response.status_code == 200
    lines = response.content.decode("utf-8-sig").splitlines()
    return lines[0].split(";"), [line.split(";")[0] for line in lines[1:]]


def test_exports_the_selection_and_the_columns_asked(admin_client, maison):
    ruche = factories.organisation(name="La Ruche", slug="ruche", category="hive")
    headings, rows = exported(admin_client, ORGANISATIONS, columns=["Nom"])
    assert headings == ["Adresse", "Nom"]
    assert sorted(rows) == ["maison", "ruche"]
    assert exported(admin_client, ORGANISATIONS, "?category__exact=hive")[1] == ["ruche"]
    assert exported(admin_client, ORGANISATIONS, "?q=maison")[1] == ["maison"]
    assert exported(admin_client, ORGANISATIONS, chosen=str(ruche.pk))[1] == ["ruche"]
    page = admin_client.post(
        ORGANISATIONS, {"action": "export_chosen", "_selected_action": [ruche.pk]}
    )
    assert f'name="chosen" value="{ruche.pk}"' in words(page)
    page = admin_client.get(f"{ORGANISATIONS}?category__exact=hive")
    assert f"{ORGANISATIONS}exporter/?category__exact=hive" in words(page)


def test_a_bad_selection_is_no_fault(admin_client, maison):
    page = admin_client.post(f"{ORGANISATIONS}exporter/", {"extension": "csv", "chosen": "1,x"})
    assert page.status_code == 200
    assert admin_client.get(f"{ORGANISATIONS}exporter/?rien=1").status_code == 302


PLACES = [
    ("territories", "territory"),
    ("territories", "organisation"),
    ("territories", "commitment"),
    ("challenges", "challenge"),
    ("challenges", "objective"),
    ("challenges", "reading"),
]


@pytest.mark.parametrize(("app", "model"), PLACES)
def test_who_may(client_of, db, app, model):
    """Export needs to see; import, to add and to change."""
    allowed = {}
    for rights in [(), ("view",), ("view", "add"), ("view", "change"), ("add", "change")]:
        user = factories.user(is_staff=True)
        names = [f"{right}_{model}" for right in rights]
        user.user_permissions.set(Permission.objects.filter(codename__in=names))
        browser = client_of(user)
        address = f"/admin/{app}/{model}/"
        allowed[rights] = [
            browser.get(f"{address}exporter/").status_code,
            browser.get(f"{address}importer/").status_code,
        ]
    assert allowed == {
        (): [403, 403],
        ("view",): [200, 403],
        ("view", "add"): [200, 403],
        ("view", "change"): [200, 403],
        ("add", "change"): [200, 200],
    }


@pytest.mark.parametrize("page", ["", "importer/", "exporter/"])
def test_nothing_is_inline(admin_client, maison, page):
    html = words(admin_client.get(ORGANISATIONS + page))
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*src=)(?![^>]*json)", html)


def test_a_row_may_name_one_that_comes_higher(admin_client):
    factories.territory(slug="ici")
    factories.organisation(slug="maison")
    content = (
        "Adresse;Territoire (adresse);Numéro;Intitulé;Porteur (adresse);Inspiré de (adresse)\n"
        "premier;ici;1;Premier;maison;\n;ici;2;Le second;maison;premier\n"
    )
    address = "/admin/challenges/challenge/"
    response = sent(admin_client, address, content)
    assert confirmed(admin_client, address, response).status_code == 302
    second = Challenge.objects.get(number=2)
    assert (second.slug, second.publication) == ("le-second", "draft")
    assert second.replicated_from.slug == "premier"


def test_blank_lines_by_the_thousand_are_not_read(admin_client):
    response = sent(admin_client, ORGANISATIONS, HEAD + "\n" * 60_000 + "a;A;ruche;")
    assert "coupez ce fichier en plusieurs" in words(response)
