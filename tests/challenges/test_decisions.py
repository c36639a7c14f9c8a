"""/admin/challenges/proposal/…: what territories propose, decided field by field."""

import pytest
from django.contrib.auth.models import Permission

from challenges import editing
from challenges.models import Proposal
from challenges.sheet import promise_of
from outbox.models import Message
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def challenge(db):
    return factories.challenge(
        title="Habiter", slug="habiter", need="Un besoin.", answer="Une réponse."
    )


@pytest.fixture
def author(challenge):
    return factories.coordinator(territory=challenge.territory).user


@pytest.fixture
def proposal(challenge, author):
    """A proposal of two texts."""
    for field, before, after in [
        ("need", "Un besoin.", "Un besoin pressant."),
        ("answer", "Une réponse.", "Deux réponses."),
    ]:
        factories.proposed_change(challenge=challenge, field=field, before=before, after=after)
    proposal = challenge.proposals.get()
    proposal.author = author
    proposal.save()
    proposal.page = f"/admin/challenges/proposal/{proposal.pk}/change/"
    return proposal


@pytest.fixture
def staff(db):
    return factories.user(is_staff=True, is_superuser=True)


@pytest.fixture
def decide(proposal, staff, client_of):
    """``decide(accepted, refused…)``: the form of the page, a decision a change in its order."""
    client = client_of(staff)

    def sent(*verdicts, act="decide", reason="", **typed):
        fields = {"act": act, "reason": reason}
        for change, verdict in zip(proposal.changes.all(), verdicts, strict=False):
            decision, *more = verdict if isinstance(verdict, tuple) else (verdict,)
            name = "published" if decision == "amended" else "reason"
            fields[f"c{change.pk}-decision"] = decision
            fields |= {f"c{change.pk}-{name}": text for text in more}
        return client.post(proposal.page, fields | typed)

    sent.client = client
    return sent


def test_the_page_shows_before_and_after(decide, proposal, staff):
    page = decide.client.get(proposal.page)

    assert page.status_code == 200
    assert "Un besoin<ins> pressant</ins>." in page.text
    assert "Deux réponses." in page.text


def test_field_by_field_what_is_accepted_is_published(decide, proposal, challenge, read):
    response = decide("accepted", ("refused", "Trop vague."), reason="Merci.")

    assert response.status_code == 302
    challenge.refresh_from_db()
    proposal.refresh_from_db()
    assert (challenge.need, challenge.answer) == ("Un besoin pressant.", "Une réponse.")
    assert proposal.state == "partly"
    assert "Un besoin pressant." in read("/defis/habiter/").text
    assert challenge.history.first().history_change_reason == "Proposition acceptée"
    [mail] = Message.objects.all()
    assert mail.to == proposal.author.email
    assert "Merci." in mail.text
    assert "/espace/" in mail.text


def test_all_accepted_or_all_refused(decide, proposal, challenge):
    decide("accepted", "accepted")
    proposal.refresh_from_db()
    assert proposal.state == "accepted"

    factories.proposed_change(challenge=challenge, field="legal_form", before="", after="SCIC")
    again = challenge.proposals.get(state="submitted")
    change = again.changes.get()
    verdict = {change.pk: ("refused", None, "Non.")}
    editing.decide(proposal=again, decisions=verdict, by=factories.user())
    again.refresh_from_db()
    assert again.state == "refused"


def test_a_text_may_be_retouched(decide, proposal, challenge):
    decide(("amended", "Un besoin réel."), "accepted")

    challenge.refresh_from_db()
    change = proposal.changes.get(field="need")
    assert challenge.need == "Un besoin réel."
    assert (change.after, change.published) == ("Un besoin pressant.", "Un besoin réel.")


def test_a_refusal_says_why_and_every_change_is_decided(decide, proposal, challenge):
    for verdicts in [("refused", "accepted"), ("accepted",), ()]:
        response = decide(*verdicts, reason="Gardé")

        assert response.status_code == 200
        assert "Gardé" in response.text
    challenge.refresh_from_db()
    proposal.refresh_from_db()
    assert (challenge.need, proposal.state) == ("Un besoin.", "submitted")
    assert not Message.objects.exists()


def test_a_return_says_what_is_expected(decide, proposal, author, client):
    assert decide(act="return").status_code == 200
    assert decide(act="return", reason="Citez vos sources.").status_code == 302

    proposal.refresh_from_db()
    assert proposal.state == "returned"
    client.force_login(author)
    home = client.get("/espace/").text
    assert "Revoir votre proposition" in home
    sheet = f"/espace/{proposal.challenge.territory.slug}/defis/habiter/"
    assert "Citez vos sources." in client.get(sheet).text


def test_what_changed_meanwhile_is_not_accepted_blindly(decide, proposal, challenge):
    challenge.need = "Corrigé par l’équipe."
    challenge.save()

    page = decide.client.get(proposal.page)
    assert "Le texte publié a changé" in page.text
    assert decide("accepted", "accepted").status_code == 200
    challenge.refresh_from_db()
    assert challenge.need == "Corrigé par l’équipe."

    assert decide(("amended", "Un besoin pressant."), "accepted").status_code == 302
    challenge.refresh_from_db()
    assert challenge.need == "Un besoin pressant."


def test_a_decision_is_taken_once(decide, proposal):
    decide("accepted", "accepted")
    response = decide("accepted", "accepted")

    assert response.status_code == 302
    assert Message.objects.count() == 1
    assert "decision" not in decide.client.get(proposal.page).text.split("submit-row")[0][-200:]


@pytest.mark.parametrize("text", ["x" * 151, ""])
def test_a_retouched_title_must_fit(decide, proposal, challenge, text):
    factories.proposed_change(
        challenge=challenge, field="title", before="Habiter", after="Habiter mieux"
    )
    response = decide("accepted", "accepted", ("amended", text))

    assert response.status_code == 200
    challenge.refresh_from_db()
    assert challenge.title == "Habiter"


def test_objectives_are_decided_whole(challenge, author, staff, client_of):
    goal = factories.objective(challenge=challenge, wording="25 logements", target=25)
    goal.refresh_from_db()
    before = promise_of(goal)
    factories.proposed_change(
        challenge=challenge, objective=goal, before=before, after=before | {"target": "30"}
    )
    factories.proposed_change(challenge=challenge)
    proposal = challenge.proposals.get()

    verdicts = {change.pk: ("accepted", None, "") for change in proposal.changes.all()}
    editing.decide(proposal=proposal, decisions=verdicts, by=staff)

    goal.refresh_from_db()
    assert f"{goal.target:.0f}" == "30"
    assert challenge.objectives.filter(wording="10 ateliers").exists()
    page = client_of(staff).get(f"/admin/challenges/proposal/{proposal.pk}/change/")
    assert "10 ateliers" in page.text


def test_a_submitted_challenge_is_published_or_sent_back(staff, author, client_of):
    submitted = factories.challenge(publication="submitted", slug="soumis")
    page = f"/admin/challenges/challenge/{submitted.pk}/decider/"
    client = client_of(staff)
    assert client.get(page).status_code == 200
    assert page in client.get("/admin/challenges/challenge/").text

    assert client.post(page, {"act": "return"}).status_code == 200
    assert client.post(page, {"act": "return", "reason": "Un objectif ?"}).status_code == 302
    submitted.refresh_from_db()
    assert (submitted.publication, submitted.returned_because) == ("draft", "Un objectif ?")

    assert client.post(page, {"act": "publish"}).status_code == 200  # no longer submitted
    editing.submit(challenge=fill(submitted))
    assert client.post(page, {"act": "publish"}).status_code == 302
    assert client.get("/defis/soumis/").status_code == 200


def fill(challenge):
    challenge.need, challenge.answer = "Un besoin.", "Une réponse."
    challenge.save()
    return challenge


def test_who_may_not_decide(proposal, client_of):
    observer = factories.user(is_staff=True)
    observer.user_permissions.add(Permission.objects.get(codename="view_proposal"))
    client = client_of(observer)
    assert client.get(proposal.page).status_code == 200
    assert client.post(proposal.page, {"act": "decide"}).status_code == 403
    challenge = proposal.challenge
    assert client.get(f"/admin/challenges/challenge/{challenge.pk}/decider/").status_code == 403
    stranger = client_of(factories.user(is_staff=True))
    assert stranger.get(proposal.page).status_code == 403
    proposal.refresh_from_db()
    assert proposal.state == Proposal.State.SUBMITTED


def test_the_list_of_proposals_asks_as_much_with_one_or_three(staff, challenge, queries, client_of):
    client = client_of(staff)
    factories.proposed_change(challenge=challenge)
    with queries(14) as few:
        client.get("/admin/challenges/proposal/")
    for _ in range(2):
        factories.proposed_change(challenge=factories.challenge())
    with queries(14) as many:
        client.get("/admin/challenges/proposal/")
    assert len(few) == len(many)


def test_a_proposal_that_is_not_there(staff, client_of):
    for pk in ["0", "abc", "99999"]:
        address = f"/admin/challenges/proposal/{pk}/change/"
        assert client_of(staff).get(address).status_code == 404
