"""/espace/<territoire>/releves/<défi>/<n>/: correct a reading, and lose nothing to anyone."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from challenges.actions import CorrectionError, correct_reading
from challenges.models import Reading
from space.models import Draft
from territories.models import Demonstration
from tests import factories

pytestmark = pytest.mark.django_db

PAGE = "/espace/grasse/releves/habiter/"


@pytest.fixture
def wrong(grasse):
    return factories.reading(objective=grasse.challenge.goal, value=121, state="validated")


@pytest.fixture
def send(signed_in, wrong):
    """``send(**typed)``: the form as its page gives it, with what is typed."""
    client = signed_in("contributor")

    def sent(reading=wrong, path="", **typed):
        fields = {"key": uuid4(), "value": "12", "on": "2020-06-30", "source": "Comptage"}
        fields |= {"comment": "Faute de frappe"} | typed
        return client.post(f"{PAGE}{reading.pk}/{path}", fields)

    sent.client, sent.page = client, f"{PAGE}{wrong.pk}/"
    return sent


def test_the_form_is_filled_with_what_the_reading_says(send):
    html = send.client.get(send.page).content.decode()

    for value in ["121", "2020-06-30", "Comptage du porteur"]:
        assert f'value="{value}"' in html
    assert "Valeur mesurée (personnes)" in html


def test_the_correction_is_declared_public_at_once_and_the_old_value_stays(send, wrong, read):
    response = send(value="12,5", on="2020-07-01")

    assert response.url == PAGE
    better = Reading.objects.get(supersedes=wrong)
    assert (better.value, better.on) == (Decimal("12.5"), date(2020, 7, 1))
    assert (better.source, better.comment) == ("Comptage", "Faute de frappe")
    assert (better.state, better.by) == ("declared", send.client.coordinator.user)
    wrong.refresh_from_db()
    assert (wrong.value, wrong.state) == (121, "validated")
    page = read("/defis/habiter/")
    assert page.texts("del") == ["121"]
    assert "Faute de frappe" in page.text
    assert "12,5 sur 25 personnes" in page.text


def test_the_same_form_twice_writes_once_and_answers_the_same(send):
    key = uuid4()

    first, second = send(key=key), send(key=key)

    assert (first.status_code, first.url) == (second.status_code, second.url) == (302, PAGE)
    assert Reading.objects.count() == 2


def test_the_second_of_two_sees_what_the_first_wrote_keeps_theirs_and_may_go_on(send, wrong):
    first = factories.user(name="Camille Roux")
    factories.coordinator(territory=send.client.coordinator.territory, user=first)
    taken = correct_reading(
        reading=wrong, by=first, value=14, on=wrong.on, source="Registre", comment="Relu"
    )
    key = uuid4()

    response = send(key=key, comment="Mon explication")

    html = response.content.decode()
    assert response.status_code == 409
    assert Reading.objects.count() == 2
    for words in ["14 personnes", "Registre", "Relu", "Camille Roux"]:
        assert words in html
    assert 'value="12"' in html
    assert 'value="Mon explication"' in html
    assert f'action="{PAGE}{taken.pk}/"' in html

    assert send(taken, key=key, comment="Mon explication").url == PAGE
    assert Reading.objects.get(supersedes=taken).value == 12
    assert [reading.value for reading in Reading.objects.standing()] == [12]


def test_a_rejected_reading_is_not_corrected(send, wrong):
    wrong.state = "rejected"
    wrong.save()

    response = send()

    assert response.status_code == 409
    html = response.content.decode()
    assert "Ce relevé a été rejeté" in html
    assert 'value="Faute de frappe"' in html
    assert "Enregistrer la correction" not in html
    assert Reading.objects.count() == 1


def test_after_a_rejected_correction_another_takes_its_place(send, wrong):
    rejected = factories.reading(
        objective=wrong.objective, value=13, supersedes=wrong, state="rejected"
    )

    assert send().url == PAGE

    assert [reading.value for reading in Reading.objects.standing()] == [12]
    rejected.refresh_from_db()
    assert (rejected.state, rejected.supersedes) == ("rejected", None)


def test_a_real_value_never_hangs_on_a_fictional_one(send, wrong):
    batch = Demonstration.objects.create()
    wrong.demonstration = batch
    wrong.save()

    response = send()
    assert response.status_code == 409
    assert "fictif" in response.content.decode()

    send.client.coordinator.demonstration = batch
    send.client.coordinator.save()
    assert send().url == PAGE
    assert Reading.objects.get(supersedes=wrong).demonstration == batch


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"value": ""}, "value", "obligatoire"),
        ({"value": "beaucoup"}, "value", "Écrivez un nombre"),
        ({"on": ""}, "on", "obligatoire"),
        ({"on": "hier"}, "on", "Cette date n’est pas lisible"),
        ({"source": ""}, "source", "obligatoire"),
        ({"source": "x" * 201}, "source", "200"),
        ({"comment": ""}, "comment", "obligatoire"),
        ({"comment": "x" * 301}, "comment", "300"),
        ({"value": "121", "source": "Comptage du porteur"}, "__all__", "rien à corriger"),
        ({"key": "x"}, "key", "UUID"),
    ],
)
def test_bad_input_is_explained_and_writes_nothing(send, typed, field, message):
    response = send(**typed)

    assert response.status_code == 200
    assert message in " ".join(response.context["form"].errors[field])
    assert Reading.objects.count() == 1


def test_a_day_to_come_is_refused(send):
    response = send(on=timezone.localdate() + timedelta(days=1))

    assert "date passée" in " ".join(response.context["form"].errors["on"])


def test_a_reading_of_another_challenge_or_none_is_missing(send, grasse):
    other = factories.reading(objective=factories.objective())
    same = factories.reading(
        objective=factories.objective(challenge=factories.challenge(territory=grasse))
    )

    for pk in [other.pk, same.pk, 999999]:
        for path in ["", "brouillon/"]:
            assert send.client.post(f"{PAGE}{pk}/{path}", {"key": uuid4()}).status_code == 404
        assert send.client.get(f"{PAGE}{pk}/").status_code == 404


# Drafts.


def test_what_is_being_typed_is_kept_given_back_and_goes_once_sent(send):
    response = send(path="brouillon/", comment="À moitié")

    assert list(response.json()) == ["kept_at"]
    html = send.client.get(send.page).content.decode()
    assert 'value="À moitié"' in html
    assert "Brouillon enregistré à" in html

    send()
    assert Draft.objects.count() == 0


def test_what_is_sent_after_the_session_ended_is_back_after_signing_in(send):
    user = send.client.coordinator.user
    send.client.logout()

    response = send(comment="Presque perdu")
    assert response.status_code == 302
    assert Reading.objects.count() == 1

    send.client.force_login(user)
    html = send.client.get(response.url.partition("next=")[2]).content.decode()
    assert "Votre saisie a été retrouvée" in html
    assert 'value="Presque perdu"' in html


# The act, without its page.


def test_what_stands_in_the_place_of_a_reading(wrong):
    first = factories.reading(objective=wrong.objective, supersedes=wrong)
    second = factories.reading(objective=wrong.objective, supersedes=first)
    assert wrong.current() == first.current() == second

    second.state = "rejected"
    second.save()
    assert wrong.current() == first
    assert second.current() is None


def test_a_reading_corrected_since_it_was_read_is_not_corrected_twice(wrong):
    said = {"by": None, "on": wrong.on, "source": "x", "comment": "y"}
    correct_reading(reading=wrong, value=1, **said)

    with pytest.raises(CorrectionError):
        correct_reading(reading=wrong, value=2, **said)
    assert [reading.value for reading in Reading.objects.standing()] == [1]
