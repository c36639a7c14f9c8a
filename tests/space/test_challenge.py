"""/espace/<territoire>/defis/<défi>/: its texts, changed at once or proposed, and never lost."""

import json
from uuid import uuid4

import pytest

from challenges import editing
from challenges.models import Challenge, Proposal
from challenges.sheet import TEXTS, texts_of
from outbox.models import Message
from space.models import Draft
from territories.models import Organisation
from territories.pictures import Picture
from tests import factories

pytestmark = pytest.mark.django_db

PAGE = "/espace/grasse/defis/habiter/"
NEW = "/espace/grasse/nouveau-defi/"


@pytest.fixture
def sheet(signed_in, grasse):
    """The sheet of « Habiter », and ``send(**typed)``: its form as the page gives it."""
    challenge = grasse.challenge
    challenge.client = signed_in("contributor")
    challenge.send = lambda client=None, **typed: (client or challenge.client).post(
        PAGE, given(client or challenge.client, PAGE) | typed
    )
    return challenge


def given(client, path):
    """What a form of the space sends when nothing is typed."""
    form = client.get(path).context["form"]
    fields = {}
    for bound in form:
        value = bound.value()
        if bound.name == "base" and not isinstance(value, str):
            value = json.dumps(value)
        if value is not None:
            fields[bound.html_name] = value
    return fields | {"act": "save"}


@pytest.fixture
def draft(sheet):
    Challenge.objects.filter(pk=sheet.pk).update(publication="draft")
    sheet.refresh_from_db()
    return sheet


# A challenge that nobody reads yet.


def test_a_draft_changes_at_once(draft):
    theme = factories.theme()

    response = draft.send(need="Se loger.", themes=[theme.pk], website="exemple.fr")

    assert response.url == PAGE
    draft.refresh_from_db()
    assert (draft.need, draft.website) == ("Se loger.", "https://exemple.fr")
    assert [*draft.themes.all()] == [theme]
    assert draft.history.first().history_user == draft.client.coordinator.user
    assert not Proposal.objects.exists()


def test_a_new_challenge_is_a_draft_then_submitted_then_public(sheet, client, grasse):
    client = sheet.client
    fields = given(client, NEW) | {
        "title": "Manger local",
        "carrier_name": "La Cantine",
        "carrier_category": "association",
    }
    first = client.post(NEW, fields)
    again = client.post(NEW, fields)

    made = Challenge.objects.get(title="Manger local")
    assert (made.number, made.publication) == (sheet.number + 1, "draft")
    assert first.url == again.url == "/espace/grasse/defis/manger-local/"
    assert client.get("/defis/manger-local/").status_code == 404
    assert client.get("/acteurs/la-cantine/").status_code == 404

    client.post(f"{first.url}suite/", {"act": "submit"})
    made.refresh_from_db()
    assert made.publication == "draft"  # it has neither need nor answer

    Challenge.objects.filter(pk=made.pk).update(need="Bien manger.", answer="Une cantine.")
    client.post(f"{first.url}suite/", {"act": "submit"})
    made.refresh_from_db()
    assert made.publication == "submitted"

    staff = factories.user(is_staff=True)
    editing.send_back(challenge=made, reason="Précisez pour qui.", by=staff)
    assert "Précisez pour qui." in client.get(first.url).text
    assert "Précisez pour qui." in Message.objects.latest("pk").text

    client.post(f"{first.url}suite/", {"act": "submit"})
    editing.publish(challenge=made, by=staff)
    assert client.get("/defis/manger-local/").status_code == 200
    assert client.get("/acteurs/la-cantine/").status_code == 200
    assert Message.objects.latest("pk").to == client.coordinator.user.email


def test_a_submitted_challenge_may_be_taken_back_and_its_draft_deleted(draft):
    Challenge.objects.filter(pk=draft.pk).update(publication="submitted")

    draft.client.post(f"{PAGE}suite/", {"act": "discard"})
    assert Challenge.objects.filter(pk=draft.pk).exists()

    draft.client.post(f"{PAGE}suite/", {"act": "take_back"})
    draft.history.all().delete()  # the factory published it once
    assert draft.client.post(f"{PAGE}suite/", {"act": "discard"}).url == "/espace/"
    assert not Challenge.objects.filter(pk=draft.pk).exists()


def test_its_stage_is_told_and_shown_at_once(sheet, read):
    act = {"act": "stage", "stage": "deployment"}
    assert sheet.client.post(f"{PAGE}suite/", act).url == PAGE

    sheet.refresh_from_db()
    assert sheet.stage == "deployment"
    assert "déploiement" in read("/defis/habiter/").text
    assert sheet.history.first().history_user == sheet.client.coordinator.user

    sheet.client.post(f"{PAGE}suite/", {"act": "stage", "stage": "inconnue"})
    sheet.refresh_from_db()
    assert sheet.stage == "deployment"


@pytest.mark.parametrize("act", ["discard", "take_back", "submit", "withdraw", "autre", ""])
def test_an_act_that_does_not_apply_is_refused_in_words(sheet, act):
    response = sheet.client.post(f"{PAGE}suite/", {"act": act}, follow=True)

    [message] = response.context["messages"]
    assert message.level_tag == "error"
    sheet.refresh_from_db()
    assert sheet.publication == "published"


# A published one: proposals.


def test_the_texts_of_a_published_challenge_are_proposed(sheet, read):
    before = read("/defis/habiter/").text

    response = sheet.send(need="Un besoin neuf.", title="Habiter ensemble")

    assert response.url == PAGE
    assert read("/defis/habiter/").text == before
    proposal = sheet.proposals.get()
    assert proposal.author == sheet.client.coordinator.user
    assert {c.field: (c.before, c.after) for c in proposal.changes.all()} == {
        "title": ("Habiter", "Habiter ensemble"),
        "need": (sheet.need, "Un besoin neuf."),
    }
    assert "à relire par l’équipe du label" in sheet.client.get(PAGE).text


def test_the_open_proposal_is_amended_and_falls_when_it_asks_nothing(sheet):
    sheet.send(need="Un besoin neuf.", legal_form="SCIC")
    assert given(sheet.client, PAGE)["need"] == "Un besoin neuf."

    sheet.send(need="Un besoin plus neuf.")
    proposal = sheet.proposals.get()
    assert {c.field: c.after for c in proposal.changes.all()} == {
        "need": "Un besoin plus neuf.",
        "legal_form": "SCIC",
    }

    sheet.send(need=sheet.need, legal_form=sheet.legal_form)
    proposal.refresh_from_db()
    assert proposal.state == "withdrawn"
    assert not sheet.proposals.open().exists()


def test_a_proposal_is_withdrawn_in_one_click(sheet):
    sheet.send(need="Un besoin neuf.")

    sheet.client.post(f"{PAGE}suite/", {"act": "withdraw"})

    assert sheet.proposals.get().state == "withdrawn"
    assert given(sheet.client, PAGE)["need"] == sheet.need


def test_nothing_changed_proposes_nothing(sheet):
    response = sheet.client.post(PAGE, given(sheet.client, PAGE), follow=True)

    assert "Rien n’a changé" in response.text
    assert not Proposal.objects.exists()


def test_lines_ended_as_a_text_area_does_are_no_change(sheet):
    Challenge.objects.filter(pk=sheet.pk).update(need="Une ligne\nune autre")

    sheet.send(need="Une ligne\r\nune autre\r\n")

    assert not Proposal.objects.exists()


def test_the_preview_shows_and_writes_nothing(sheet):
    response = sheet.send(act="preview", need="Un besoin neuf.")

    assert response.status_code == 200
    assert "rien n’est encore enregistré" in response.text
    assert response.text.count("Un besoin neuf.") >= 2  # shown, and still in the form
    assert not Proposal.objects.exists()
    sheet.refresh_from_db()
    assert sheet.need != "Un besoin neuf."


# Its picture.


def test_a_picture_is_proposed_with_its_words_and_published_by_a_decision(sheet, client_of, read):
    bare = sheet.send(photo=factories.photo())
    assert "image_alt" in bare.context["form"].errors
    kept = bare.context["form"]["image"].value()
    assert kept in bare.text  # sent again from there, it is not lost

    assert sheet.send(image=kept, image_alt="Une maison").status_code == 302
    proposal = sheet.proposals.get()
    assert {c.field: c.after for c in proposal.changes.all()} == {
        "image": kept,
        "image_alt": "Une maison",
    }
    assert proposal.changes.get(field="image").picture == kept
    assert Picture(kept).small.url in sheet.client.get(PAGE).text
    assert "Une maison" not in sheet.client.get("/defis/habiter/").text

    staff = factories.user(is_staff=True, is_superuser=True)
    page = client_of(staff).get(f"/admin/challenges/proposal/{proposal.pk}/change/")
    assert Picture(kept).small.url in page.text
    verdicts = {change.pk: ("accepted", None, "") for change in proposal.changes.all()}
    editing.decide(proposal=proposal, decisions=verdicts, by=staff)
    assert Picture(kept).url in sheet.client.get("/defis/habiter/").text


def test_a_picture_is_previewed_replaced_and_taken_away(draft):
    page = draft.send(act="preview", photo=factories.photo(), image_alt="Une maison")
    kept = page.context["form"]["image"].value()
    assert page.text.count(Picture(kept).url) >= 1
    draft.send(image=kept, image_alt="Une maison")
    draft.refresh_from_db()
    assert (draft.image, draft.image_alt) == (kept, "Une maison")

    draft.send(without_photo="on")
    draft.refresh_from_db()
    assert (draft.image, draft.image_alt) == ("", "")


@pytest.mark.parametrize(
    "image", ["x", "../../etc/passwd", f"{'0' * 32}-10x10", "\x00", "a" * 5000]
)
def test_a_picture_that_is_not_here_is_refused(sheet, image):
    response = sheet.send(image=image, image_alt="Rien")

    assert response.status_code == 200
    assert {"image", "photo"} & {*response.context["form"].errors}
    assert not Proposal.objects.exists()


def test_two_pictures_at_once_are_both_shown(draft):
    mine = given(draft.client, PAGE) | {"image_alt": "La mienne", "photo": factories.photo()}
    draft.send(photo=factories.photo(), image_alt="La leur")
    draft.refresh_from_db()

    response = draft.client.post(PAGE, mine)

    assert response.status_code == 409
    assert draft.image.small.url in response.text
    assert response.context["form"].others["image_alt"].after == "La leur"
    form = response.context["form"]
    again = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    again |= {"base": json.dumps(form.initial["base"]), "act": "save"}
    assert draft.client.post(PAGE, again | {"take": ["image", "image_alt"]}).status_code == 302
    old = draft.image
    draft.refresh_from_db()
    assert (draft.image, draft.image_alt) == (old, "La leur")


# Two people, older texts, bad input.


def test_two_people_on_one_text_read_both_and_lose_nothing(sheet, signed_in):
    mine = given(sheet.client, PAGE) | {"need": "Mon texte", "legal_form": "SCIC"}
    sheet.send(need="Leur texte", answer="Leur réponse")

    response = sheet.client.post(PAGE, mine)

    assert response.status_code == 409
    form = response.context["form"]
    assert form.initial["need"] == "Mon texte"
    assert form.others["need"].after == "Leur texte"
    assert form.initial["answer"] == "Leur réponse"  # I had not touched it
    assert form.taken == ["La réponse"]
    assert "Leur" in response.text
    assert "Mon texte" in response.text
    assert {c.field: c.after for c in sheet.proposals.get().changes.all()} == {
        "need": "Leur texte",
        "answer": "Leur réponse",
    }

    # Sent again as the page of the conflict gives it, it passes.
    again = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    again |= {"base": json.dumps(form.initial["base"]), "act": "save"}
    assert sheet.client.post(PAGE, again).status_code == 302
    assert {c.field: c.after for c in sheet.proposals.get().changes.all()} == {
        "need": "Mon texte",
        "answer": "Leur réponse",
        "legal_form": "SCIC",
    }


def test_the_other_text_may_be_kept_by_a_box(sheet):
    mine = given(sheet.client, PAGE) | {"need": "Mon texte"}
    sheet.send(need="Leur texte")
    form = sheet.client.post(PAGE, mine).context["form"]
    again = {name: form[name].value() for name in form.fields if form[name].value() is not None}

    again |= {"base": json.dumps(form.initial["base"]), "act": "save", "take": ["need"]}
    sheet.client.post(PAGE, again)

    assert sheet.proposals.get().changes.get().after == "Leur texte"


def test_a_double_click_proposes_once(sheet):
    fields = given(sheet.client, PAGE) | {"need": "Un besoin neuf."}

    answers = [sheet.client.post(PAGE, fields) for _ in range(2)]

    assert [answer.url for answer in answers] == [PAGE, PAGE]
    assert sheet.proposals.count() == 1


def test_an_older_version_is_compared_and_taken_up_by_the_same_rules(draft):
    old = draft.need
    draft.send(need="Un besoin neuf.")
    history = draft.client.get(f"{PAGE}historique/")
    version = draft.history.last()
    assert f"?version={version.pk}" in history.text
    assert "Un besoin neuf." in history.text

    page = draft.client.get(f"{PAGE}?version={version.pk}")
    form = page.context["form"]
    assert form.initial["need"] == old
    assert form.others["need"].after == "Un besoin neuf."
    draft.refresh_from_db()
    assert draft.need == "Un besoin neuf."

    fields = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    fields |= {"base": json.dumps(form.initial["base"]), "act": "save"}
    draft.client.post(PAGE, fields)
    draft.refresh_from_db()
    assert draft.need == old


@pytest.mark.parametrize("version", ["0", "abc", "99999999", "\x00", "²"])
def test_a_version_that_is_not_its_own_is_missing(sheet, version):
    assert sheet.client.get(PAGE, {"version": version}).status_code == 404


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 151}, "title"),
        ({"carrier": ""}, "carrier"),
        ({"carrier": "99999"}, "carrier"),
        ({"website": "pas une adresse"}, "website"),
        ({"themes": ["99999"]}, "themes"),
        ({"nature": "inconnue"}, "nature"),
        ({"need": "a\x00b"}, "need"),
        ({"need": "x" * 10_001}, "need"),
    ],
)
def test_bad_input_is_explained_and_keeps_what_was_typed(sheet, typed, field):
    response = sheet.send(**({"answer": "Une réponse gardée"} | typed))

    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert "Une réponse gardée" in response.text
    assert not Proposal.objects.exists()


def test_a_base_that_no_page_gave_is_refused(sheet):
    for base in ["", "{", "[]", '"x"', "12"]:
        response = sheet.send(base=base, need="Autre")

        assert response.status_code in {200, 409}
    assert not Proposal.objects.exists()


def test_a_carrier_is_chosen_or_named_not_both(draft):
    for typed, field in [
        ({"carrier_name": "X"}, "carrier_name"),
        ({"carrier": "", "carrier_name": "X"}, "carrier_category"),
        ({"carrier": ""}, "carrier"),
    ]:
        assert field in draft.send(**typed).context["form"].errors

    draft.send(carrier="", carrier_name="Neuve", carrier_category="association")
    draft.refresh_from_db()
    assert draft.carrier.name == "Neuve"
    assert Organisation.objects.filter(name="Neuve").count() == 1


# What is being typed.


def test_what_is_typed_is_kept_and_comes_back(sheet):
    theme, other = factories.theme(), factories.theme()
    fields = given(sheet.client, PAGE) | {"need": "À moitié", "themes": [theme.pk, other.pk]}

    kept = sheet.client.post(f"{PAGE}brouillon/", fields)

    assert "kept_at" in kept.json()
    page = sheet.client.get(PAGE)
    assert "À moitié" in page.text
    assert "pas encore enregistrée" in page.text
    assert not page.context["form"].errors
    assert {*page.context["form"]["themes"].value()} == {f"{theme.pk}", f"{other.pk}"}

    sheet.client.post(PAGE, given(sheet.client, PAGE))
    assert not Draft.objects.exists()
    assert sheet.proposals.get().changes.get(field="need").after == "À moitié"


def test_a_session_that_ended_while_typing_loses_nothing(sheet):
    fields = given(sheet.client, PAGE) | {"need": "Écrit avant la coupure"}
    user = sheet.client.coordinator.user
    sheet.client.logout()

    assert "/compte/connexion/" in sheet.client.post(PAGE, fields).url
    session = dict(sheet.client.session)
    sheet.client.force_login(user)
    stored = sheet.client.session
    stored.update({name: value for name, value in session.items() if name.startswith("space_")})
    stored.save()
    sheet.client.get("/espace/")

    assert "Écrit avant la coupure" in sheet.client.get(PAGE).text


# Who, where, how many queries.


def test_an_archived_challenge_or_one_of_elsewhere_is_missing(sheet, grasse):
    factories.challenge(territory=grasse, slug="archive", publication="archived")
    factories.challenge(slug="ailleurs")

    for slug in ["archive", "ailleurs", "inconnu"]:
        for page in ["", "historique/", "objectifs/nouveau/"]:
            assert sheet.client.get(f"/espace/grasse/defis/{slug}/{page}").status_code == 404
        assert sheet.client.post(f"/espace/grasse/defis/{slug}/brouillon/").status_code == 404


def test_the_page_asks_as_much_whatever_there_is(sheet, queries):
    with queries(20) as few:
        sheet.client.get(PAGE)
    for n in range(3):
        factories.theme()
        factories.objective(challenge=sheet, position=n + 5)
    with queries(20) as many:
        sheet.client.get(PAGE)
    assert len(few) == len(many)


def test_every_text_of_the_sheet_may_be_edited(sheet):
    form = sheet.client.get(PAGE).context["form"]

    assert {*TEXTS} <= {*form.fields}
    assert {*texts_of(sheet)} == {*TEXTS}


def test_a_key_is_asked_for(sheet):
    response = sheet.send(key="", need="Autre")

    assert "key" in response.context["form"].errors
    assert sheet.send(key=uuid4(), need="Autre").status_code == 302


@pytest.mark.parametrize("key", ["9" * 30, "inconnu", "-1"])
def test_an_impossible_choice_is_a_wrong_answer(sheet, key):
    for name in ["themes", "audiences", "carrier"]:
        answer = sheet.send(**{name: key})

        assert answer.status_code == 200
        assert name in answer.context["form"].errors
