"""A day of the label's team, in a browser: from the second factor to a spreadsheet with faults."""

from datetime import date, timedelta
from threading import Event

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import expect

from challenges.exchange import ReadingSheet
from challenges.models import Reading
from geography.models import Spelling
from geography.names import spellings
from territories.exchange.progress import LONG, STEPS
from territories.models import Territory
from tests import factories
from tests.accounts.door import code_sent, totp
from tests.e2e.test_accessibility import violations
from tests.e2e.test_sign_in import give

pytestmark = pytest.mark.browser

NAME = "Bresse bourguignonne et jurassienne"
YESTERDAYS, TODAYS = "Coopérer de part et d’autre de la Seille.", "Texte écrit trop vite."
HEAD = "Défi (adresse);Objectif (rang);Date de la mesure;Valeur;Source\n"


@pytest.fixture
def transactional_db(emptied):
    """This test writes."""


@pytest.fixture
def page(browser, live_server, transactional_db):
    """A page whose console stays silent, the policy of contents included."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    said = []
    page = context.new_page()
    # What axe itself does has no address.
    page.on("console", lambda m: said.append(m.text) if m.location["url"] else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert said == []


@pytest.fixture
def bresse(transactional_db):
    """Three intercommunalities of two départements, and a commune of one of them."""
    jura, saone = [
        factories.area(level="departement", code=code, name=name, place=name)
        for code, name in [("39", "Jura"), ("71", "Saône-et-Loire")]
    ]
    seille, *others = [
        factories.area(name=name, parents=[parent], place=parent.name)
        for name, parent in [
            ("Bresse Haute Seille", jura),
            ("Bresse Louhannaise Intercom’", saone),
            ("Bresse Revermont 71", saone),
        ]
    ]
    bletterans = factories.area(
        level="commune", code="39056", name="Bletterans", place="Jura", parents=[seille, jura]
    )
    Spelling.objects.bulk_create(
        Spelling(area=bletterans, text=text, is_whole=whole, population=1_400)
        for text, whole in spellings("Bletterans")
    )
    return [seille, *others]


def said_by(page):
    return " ".join(page.inner_text("main").split())


def sign_in(page, user):
    page.goto("/admin/")
    give(page, "Adresse électronique", user.email, "Recevoir un code")
    give(page, "Code reçu", code_sent(), "Me connecter")
    give(page, "Code de votre application", totp(), "Me connecter")
    page.get_by_role("heading", name="Ce qui attend").wait_for()


def create_territory(page, areas):
    page.goto("/admin/territories/territory/add/")
    page.get_by_label("Nom", exact=False).first.fill(NAME)
    page.locator("#id_kind").select_option("projet")
    for area in areas:
        field = page.locator(".field-areas .select2-search__field")
        field.fill(area.name)
        page.locator(".select2-results__option", has_text=area.name).first.click()
    page.locator("#id_summary").fill(YESTERDAYS)
    page.get_by_role("button", name="Enregistrer et continuer").click()


def choose(page, action, rows):
    """Take an action of the list on the rows of these names."""
    for name in rows:
        page.locator("#result_list tr", has_text=name).locator(".action-select").check()
    page.locator("select[name=action]").select_option(action)
    page.get_by_role("button", name="Envoyer").click()


@pytest.fixture
def public(browser, live_server):
    """``public()``: whether a citizen is shown the territory by the list, the map, its commune."""

    def seen():
        cache.clear()  # as the ten seconds that these pages keep have gone by
        context = browser.new_context(base_url=live_server.url)  # that kept no page of before
        page = context.new_page()
        page.goto("/territoires/")
        in_list = NAME in page.inner_text(".both-views__list")
        on_map = page.locator(".both-views__map svg a", has_text=NAME).count() > 0
        page.goto("/ma-commune/39056/")
        in_commune = page.inner_text(".commune-answer").startswith("Oui.")
        context.close()
        return {"list": in_list, "map": on_map, "commune": in_commune}

    return seen


NOTHING = {"list": False, "map": False, "commune": False}
EVERYTHING = {"list": True, "map": True, "commune": True}


def test_the_day_of_the_team(page, public, bresse, monkeypatch):
    wave = factories.wave(3)
    user = factories.user(is_staff=True, is_superuser=True)
    factories.second_factor(user)
    sign_in(page, user)

    create_territory(page, bresse)
    territory = Territory.objects.get(name=NAME)
    assert set(territory.areas.all()) == set(bresse)
    assert territory.place == "Jura et Saône-et-Loire"

    grant_under_embargo(page, wave)
    assert public() == NOTHING
    announce_tomorrow(page, wave)
    assert public() == NOTHING
    tomorrow = timezone.now() + timedelta(hours=3)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    assert public() == EVERYTHING

    suspend(page, territory)
    assert public() == {"list": True, "map": True, "commune": False}
    page.goto(territory.get_absolute_url())
    assert "Label suspendu" in said_by(page)

    change_summary(page, territory)
    take_up_yesterdays_text(page, territory)
    page.goto(territory.get_absolute_url())
    assert YESTERDAYS in said_by(page)


def grant_under_embargo(page, wave):
    page.goto("/admin/territories/territory/")
    choose(page, "grant", [NAME])
    page.get_by_label("Vague").select_option(label=f"{wave}")
    page.get_by_label("Sous embargo").check()
    page.get_by_role("button", name="Accorder le label").click()
    page.get_by_text("1 territoire labellisé.").wait_for()


def announce_tomorrow(page, wave):
    page.goto(f"/admin/territories/wave/{wave.pk}/change/")
    page.get_by_role("link", name="Annoncer la vague…").click()
    at = timezone.localtime() + timedelta(hours=2)
    page.locator("[name=at_0]").fill(f"{at:%Y-%m-%d}")
    page.locator("[name=at_1]").fill(f"{at:%H:%M}")
    page.get_by_role("button", name="Annoncer la vague").click()
    page.get_by_text("1 territoire annoncé.").wait_for()


def suspend(page, territory):
    designation = territory.designations.get()
    page.goto(f"/admin/territories/designation/{designation.pk}/change/")
    page.get_by_role("link", name="Suspendre").click()
    page.get_by_label("Motif").fill("Le collectif ne se réunit plus.")
    page.get_by_role("button", name="Suspendre").click()
    page.get_by_text("1 label suspendu.").wait_for()


def change_summary(page, territory):
    page.goto(f"/admin/territories/territory/{territory.pk}/change/")
    page.get_by_label("Résumé").fill(TODAYS)
    page.get_by_label("Motif du changement").fill("Mise à jour")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    page.get_by_text("modifié avec succès").wait_for()


def take_up_yesterdays_text(page, territory):
    page.get_by_role("link", name="Historique").click()
    before = page.locator("#change-history tbody tr", has_text="Création")
    before.get_by_role("link", name="Comparer à aujourd’hui").click()
    assert TODAYS in said_by(page)
    page.get_by_role("link", name="Reprendre la version").click()
    assert page.get_by_label("Résumé").input_value() == YESTERDAYS
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_text("modifié avec succès").wait_for()
    territory.refresh_from_db()
    assert territory.summary == YESTERDAYS


FAULTS = [
    ("99/99/2026;12;Comptage", "Date de la mesure"),
    ("2026-03-31;douze;Comptage", "Valeur"),
    ("2026-06-30;14;", "Source"),
]


def test_a_spreadsheet_of_readings_with_three_bad_rows(page):
    objective = factories.objective()
    user = factories.user(is_staff=True, is_superuser=True)
    factories.second_factor(user)
    sign_in(page, user)
    where = f"{objective.challenge.slug};{objective.position};"
    rows = ["2025-12-31;8;Comptage", *[row for row, _ in FAULTS], "2026-09-30;15;Comptage"]
    content = HEAD + "".join(f"{where}{row}\n" for row in rows)

    page.goto("/admin/challenges/reading/")
    page.get_by_role("link", name="Importer").click()
    page.locator("[type=file]").set_input_files(
        {"name": "releves.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    page.get_by_role("button", name="Lire et comparer").click()
    page.get_by_text("Rien n’est écrit encore").wait_for()
    assert violations(page) == []
    told = page.locator("section", has_text="Lignes refusées").locator("tbody tr").all_inner_texts()
    assert [line.split("\t")[:2] for line in told] == [
        [f"{number}", column] for number, (_, column) in enumerate(FAULTS, start=3)
    ]
    page.get_by_role("button", name="Importer").click()
    page.get_by_text("Rien n’est écrit : des lignes sont refusées.").wait_for()
    assert not Reading.objects.exists()
    page.get_by_label("Laisser de côté les lignes refusées").check()
    page.get_by_role("button", name="Importer").click()
    page.get_by_text("2 nouvelles, 0 modifiées, 0 inchangées, 3 refusées").wait_for()
    assert set(Reading.objects.values_list("value", flat=True)) == {8, 15}


def test_a_long_spreadsheet_shows_how_far_it_is(page, monkeypatch):
    """The last step alone is seen while rows are read, then the report alone."""
    objective = factories.objective()
    user = factories.user(is_staff=True, is_superuser=True)
    factories.second_factor(user)
    sign_in(page, user)
    where = f"{objective.challenge.slug};{objective.position};"
    days = [date(2000, 1, 1) + timedelta(days=n) for n in range(LONG)]
    content = HEAD + "".join(f"{where}{day};3;Comptage\n" for day in days)
    seen = Event()
    monkeypatch.setattr(ReadingSheet, "after_import", lambda *args, **options: seen.wait(60))

    page.goto("/admin/challenges/reading/importer/")
    page.locator("[type=file]").set_input_files(
        {"name": "releves.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    page.get_by_role("button", name="Lire et comparer").click(no_wait_after=True)
    last = page.locator(".exchange__step").nth(STEPS - 1)
    try:
        last.wait_for(state="visible")
        drawn = last.evaluate(
            """(step) => {
              const { x, y, width, height } = step.getBoundingClientRect();
              return document.elementFromPoint(x + width / 2, y + height / 2) === step;
            }"""
        )
    finally:
        seen.set()

    assert drawn
    page.get_by_text("Rien n’est écrit encore").wait_for()
    expect(last).to_be_hidden()
