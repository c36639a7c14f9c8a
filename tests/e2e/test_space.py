"""The coordinators' space in a browser, from the invitation to what the public reads."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from challenges.models import ProgressReport
from outbox.models import Message
from territories.actions import invite, resend
from territories.models import Invitation
from tests import factories
from tests.accounts.door import code_sent
from tests.e2e.test_accessibility import violations

pytestmark = pytest.mark.browser


@pytest.fixture
def transactional_db(emptied):
    """These tests write."""


@pytest.fixture
def grasse(transactional_db):
    """A territory of four challenges, three of which count people, and its referent."""
    territory = factories.territory(name="Pays de Grasse", slug="grasse")
    for n, kind in enumerate(["count", "count", "count", "qualitative"], 1):
        challenge = factories.challenge(
            territory=territory, number=n, title=f"Défi {n}", slug=f"defi-{n}"
        )
        target = None if kind == "qualitative" else 25
        factories.objective(challenge=challenge, kind=kind, wording=f"But {n}", target=target)
    factories.commitment(territory=territory, side="territory", due_on=timezone.localdate())
    territory.referent = factories.coordinator(territory=territory).user
    return territory


@pytest.fixture
def page(browser, live_server, grasse):
    """A page whose console stays silent."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 800})
    said = []
    page = context.new_page()
    page.said = said
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert said == []


def come_in(page, email, path="/espace/"):
    """By a code, as anyone; return at ``path``."""
    page.goto(path)
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_role("button", name="Recevoir un code").click()
    page.get_by_label("Code reçu").fill(code_sent())
    page.get_by_role("button", name="Me connecter").click()
    page.wait_for_url(f"**{path}")


def challenge(page, n):
    return page.get_by_role("region", name=f"Défi {n}")


def box(page, label):
    """A field by the first words of its label, which its hint follows."""
    return page.get_by_role("textbox", name=re.compile(f"^{label}"))


def checked(page):
    """No fault, wide or narrow, and nothing runs off."""
    for width in [1280, 360]:
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == [], (page.url, width)
        assert page.evaluate(
            "document.scrollingElement.scrollWidth <= document.scrollingElement.clientWidth"
        ), (page.url, width)
    page.set_viewport_size({"width": 1280, "height": 800})


def test_from_the_invitation_to_what_the_public_reads(page, grasse):
    invite(territory=grasse, email="camille@exemple.test", role="contributor", by=grasse.referent)
    [invitation] = Message.objects.all()
    address = next(line for line in invitation.text.splitlines() if line.startswith("http"))
    assert address.endswith("/espace/")

    come_in(page, "camille@exemple.test")
    checked(page)
    Invitation.objects.update(expires_at=timezone.now())
    page.reload()
    checked(page)
    page.get_by_role("button", name="Demander une nouvelle invitation").click()
    page.get_by_text("Votre demande est envoyée.").wait_for()
    checked(page)
    resend(invitation=Invitation.objects.get(), by=grasse.referent)
    page.reload()
    page.get_by_role("button", name="Rejoindre l’équipe").click()
    checked(page)

    # Three figures, one « rien de nouveau »: what the hand does, counted.
    acts = 0
    page.get_by_role("link", name="Faire le point d’étape").click()
    acts += 1
    checked(page)
    for n, value in [(1, "12"), (2, "7,5"), (3, "1 000")]:
        form = challenge(page, n)
        for label, text in [("Valeur mesurée", value), ("Source", "Comptage")]:
            form.get_by_label(label).fill(text)
            acts += 1 + len(text)
        form.get_by_role("button", name="Enregistrer le point d’étape").click()
        acts += 1
        page.get_by_text(f"Enregistré\u00a0: Défi {n}.").wait_for()
    challenge(page, 4).get_by_role("button", name="Rien de nouveau").click()
    acts += 1
    page.get_by_text("Enregistré\u00a0: Défi 4.").wait_for()
    assert acts <= 60  # clicks and keys: a minute or two

    page.goto("/defis/defi-2/")
    row = page.get_by_role("row").filter(has_text="7,5")
    assert "Comptage" in row.inner_text()
    assert "déclaré" in row.inner_text().lower()
    page.goto("/defis/defi-4/")
    assert "rien de nouveau" in page.locator("main").inner_text().lower()


def test_what_is_typed_is_kept_and_a_closed_session_loses_nothing(page, grasse):
    come_in(page, grasse.referent.email, "/espace/grasse/point/")
    challenge(page, 1).get_by_label("En quelques mots").press_sequentially("À moitié dit")
    challenge(page, 1).get_by_text("Brouillon enregistré à").wait_for()

    page.reload()
    words = challenge(page, 1).get_by_label("En quelques mots")
    assert words.input_value() == "À moitié dit"

    page.context.clear_cookies(name="session")
    words.fill("Dit en entier")
    challenge(page, 1).get_by_text("Votre session a expiré").wait_for()
    challenge(page, 1).get_by_text("Ça avance").click()
    challenge(page, 1).get_by_role("button", name="Enregistrer le point d’étape").click()
    page.get_by_label("Adresse électronique").fill(grasse.referent.email)
    page.get_by_role("button", name="Recevoir un code").click()
    page.get_by_label("Code reçu").fill(code_sent())
    page.get_by_role("button", name="Me connecter").click()

    page.get_by_text("Votre saisie a été retrouvée").wait_for()
    assert challenge(page, 1).get_by_label("En quelques mots").input_value() == "Dit en entier"
    challenge(page, 1).get_by_role("button", name="Enregistrer le point d’étape").click()
    page.get_by_text("Enregistré\u00a0: Défi 1.").wait_for()


def test_a_fault_is_said_at_the_top_and_leads_to_its_field(page, grasse):
    come_in(page, grasse.referent.email, "/espace/grasse/point/")
    form = challenge(page, 1)
    form.get_by_label("Valeur mesurée").fill("beaucoup")
    form.get_by_role("button", name="Enregistrer le point d’étape").click()

    page.get_by_role("alert").get_by_role("link", name="Valeur mesurée").click()
    assert page.evaluate("document.activeElement.value") == "beaucoup"
    checked(page)


def test_the_other_pages_of_the_space(page, grasse):
    come_in(page, grasse.referent.email)
    page.get_by_role("link", name="Dire où en est l’engagement").click()
    checked(page)
    page.get_by_label("État").select_option("done")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("alert").wait_for()
    checked(page)

    page.goto("/espace/grasse/equipe/")
    page.get_by_label("Adresse électronique").fill("nouvelle@exemple.test")
    page.get_by_role("button", name="Envoyer l’invitation").click()
    page.get_by_text("Invitation envoyée à nouvelle@exemple.test.").wait_for()
    checked(page)


def test_a_reading_is_corrected(page, grasse):
    goal = grasse.challenges.get(number=1).objectives.get()
    factories.reading(objective=goal, value=121, source="Comptage")
    come_in(page, grasse.referent.email, "/espace/grasse/point/")
    checked(page)
    page.get_by_role("link", name="Voir et corriger les relevés de « Défi 1 »").click()
    checked(page)
    page.get_by_role("link", name="Corriger 121 personnes").click()
    checked(page)

    page.get_by_label("Valeur mesurée").fill("12")
    page.get_by_role("button", name="Enregistrer la correction").click()
    page.get_by_role("alert").wait_for()
    checked(page)

    page.get_by_label("Raison de la correction").fill("Faute de frappe")
    page.get_by_text("Brouillon enregistré").wait_for()
    page.get_by_role("button", name="Enregistrer la correction").click()
    page.get_by_text("Relevé corrigé : 12.").wait_for()
    checked(page)

    page.goto("/espace/")
    page.get_by_role("heading", name="Derniers changements").wait_for()


def test_reminders_are_refused_by_pressing_a_button(page, grasse):
    factories.coordinator(territory=factories.territory(name="Jura"), user=grasse.referent)
    come_in(page, grasse.referent.email)
    page.get_by_role("link", name="Vos rappels par courriel").click()
    checked(page)

    page.get_by_role("button", name="Ne plus me rappeler pour Pays de Grasse").press("Enter")
    page.get_by_text("Vous ne recevrez plus de rappels pour Pays de Grasse.").wait_for()
    page.get_by_role("button", name="Me rappeler à nouveau pour Pays de Grasse").wait_for()
    checked(page)

    page.get_by_role("button", name="Ne plus me rappeler", exact=True).click()
    page.get_by_text("Vous ne recevez aucun rappel.").wait_for()
    checked(page)


def test_a_photo_is_joined_and_no_draft_carries_it(page, grasse, tmp_path):
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(factories.photo().read())
    come_in(page, grasse.referent.email, "/espace/grasse/point/")
    sent = []
    page.on("request", lambda r: sent.append(r) if r.url.endswith("/brouillon/") else None)
    form = challenge(page, 1)
    form.get_by_label("Une photo (facultatif)").set_input_files(photo)
    form.get_by_label("En quelques mots").fill("Le toit est posé.")
    form.get_by_text("Brouillon enregistré à").wait_for()
    assert [b"photo.jpg" in request.post_data_buffer for request in sent] == [False] * len(sent)

    form.get_by_role("button", name="Enregistrer le point d’étape").click()
    page.get_by_role("alert").get_by_role("link", name="Ce que montre la photo").click()
    checked(page)
    form.get_by_label("Une photo (facultatif)").set_input_files(photo)
    form.get_by_label("Ce que montre la photo").fill("Un toit de tuiles")
    form.get_by_text("Ça avance").click()
    form.get_by_role("button", name="Enregistrer le point d’étape").click()
    page.get_by_text("Enregistré\u00a0: Défi 1.").wait_for()

    assert ProgressReport.objects.get().image.size == (1200, 900)
    page.goto("/defis/defi-1/")
    picture = page.get_by_role("img", name="Un toit de tuiles")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth > 0")


def test_two_coordinators_edit_one_challenge_and_lose_nothing(page, browser, live_server, grasse):
    other = factories.coordinator(territory=grasse, user=factories.user(name="Dominique")).user
    sheet = "/espace/grasse/defis/defi-1/"
    come_in(page, grasse.referent.email, sheet)
    checked(page)
    box(page, "Le besoin").fill("Mon texte")
    page.get_by_text("Brouillon enregistré").wait_for()

    context = browser.new_context(base_url=live_server.url)
    theirs = context.new_page()
    come_in(theirs, other.email, sheet)
    box(theirs, "Le besoin").fill("Leur texte")
    theirs.get_by_role("button", name="Proposer ces changements").click()
    theirs.get_by_text("Proposé à l’équipe du label").wait_for()
    context.close()

    page.get_by_role("button", name="Proposer ces changements").click()
    page.get_by_role("heading", name="Dominique a enregistré pendant que vous écriviez").wait_for()
    expect(box(page, "Le besoin")).to_have_value("Mon texte")
    page.get_by_role("group", name="Enregistré par Dominique : Le besoin").wait_for()
    checked(page)
    said = [text for text in page.said if "409" not in text]
    page.said.clear()  # Chromium tells of every page that is not a success
    assert said == []

    page.get_by_role("button", name="Voir l’aperçu").click()
    page.get_by_text("Aperçu : rien n’est encore enregistré").wait_for()
    checked(page)
    page.get_by_role("button", name="Proposer ces changements").click()
    page.get_by_role("heading", name="Votre proposition : à relire").wait_for()
    checked(page)
    page.get_by_role("link", name="L’historique").click()
    checked(page)


def test_a_new_challenge_is_written_by_keyboard_and_submitted(page, grasse):
    come_in(page, grasse.referent.email)
    page.get_by_role("link", name="Proposer un défi").press("Enter")
    checked(page)
    page.get_by_label("Intitulé du défi").press_sequentially("Manger local")
    page.get_by_role("button", name="Enregistrer le brouillon").press("Enter")
    page.get_by_role("alert").wait_for()
    checked(page)
    page.get_by_label("Son nom, s’il n’est pas dans la liste").press_sequentially("La Cantine")
    page.get_by_label("Ce que c’est").select_option("association")
    for label in ["Le besoin", "La réponse"]:
        box(page, label).fill("Bien manger.")
    page.get_by_role("button", name="Enregistrer le brouillon").press("Enter")
    page.get_by_text("Brouillon enregistré : ajoutez ses objectifs.").wait_for()

    page.get_by_role("link", name="Ajouter un objectif").press("Enter")
    checked(page)
    page.get_by_label("L’objectif, en une phrase").fill("10 ateliers d’ici 2030")
    page.get_by_label("Un nombre à atteindre").press("Space")
    page.get_by_role("button", name="Enregistrer l’objectif").press("Enter")
    page.get_by_role("link", name="Indiquez le nombre à atteindre.").wait_for()
    checked(page)
    box(page, "Cible").fill("10")
    page.get_by_role("button", name="Enregistrer l’objectif").press("Enter")
    page.get_by_role("button", name="Soumettre à l’équipe du label").press("Enter")
    page.get_by_text("Soumis à l’équipe du label").wait_for()
    checked(page)
