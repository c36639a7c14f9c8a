"""/espace/<territoire>/point/: where each challenge stands, sent one by one, never lost."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from challenges.models import Milestone, ProgressReport, Reading
from space.models import Draft
from territories.models import Demonstration
from tests import factories

pytestmark = pytest.mark.django_db

PAGE = "/espace/grasse/point/"
FORM = "/espace/grasse/point/habiter/"
NO_BREAK = "\u00a0"


@pytest.fixture
def send(signed_in, grasse):
    """``send(**typed)``: the form of « Habiter » as its page gives it, with what is typed."""
    client = signed_in("contributor")
    goal = grasse.challenge.goal

    def sent(act="save", path=FORM, **typed):
        fields = {"key": uuid4(), "act": act, f"on_{goal.pk}": timezone.localdate()}
        named = {f"{name}_{goal.pk}" if name in FIGURES else name: v for name, v in typed.items()}
        return client.post(path, fields | named)

    sent.client, sent.goal, sent.challenge = client, goal, grasse.challenge
    return sent


FIGURES = {"value", "again", "on", "source", "comment"}


def errors(response):
    return response.context["invalid"].errors


# What the page shows.


def test_it_shows_the_live_challenges_with_their_last_values(send):
    factories.reading(objective=send.goal, value=Decimal("12.5"), source="Comptage")
    for stage in ["achieved", "abandoned"]:
        factories.challenge(territory=send.challenge.territory, title="Fini", stage=stage)

    html = send.client.get(PAGE).content.decode()

    assert "Habiter" in html
    assert "Fini" not in html
    assert 'value="12,5"' in html
    assert 'value="Comptage"' in html
    assert f'value="{timezone.localdate():%Y-%m-%d}"' in html


def test_a_fictional_source_is_not_offered_again(send):
    batch = Demonstration.objects.create()
    factories.reading(objective=send.goal, source="Donnée fictive", demonstration=batch)

    html = send.client.get(PAGE).content.decode()

    assert 'value="Donnée fictive"' not in html


def test_queries_do_not_grow_with_challenges(send, queries):
    def asked():
        with queries(limit=15) as captured:
            assert send.client.get(PAGE).status_code == 200
        return len(captured)

    few = asked()
    for _ in range(20):
        factories.reading(
            objective=factories.objective(
                challenge=factories.challenge(territory=send.challenge.territory)
            )
        )

    assert asked() == few


# Sending.


def test_nothing_new_in_one_click(send):
    response = send(act="nothing_new")

    report = ProgressReport.objects.get()
    assert response.url == f"{PAGE}#defi-{send.challenge.pk}"
    assert (report.challenge, report.mood, report.text) == (send.challenge, "nothing_new", "")
    assert (report.by, report.on) == (send.client.coordinator.user, timezone.localdate())


def test_a_figure_with_words_is_public_at_once_as_declared(send, read):
    send(value="1 234,5", source="Comptage", comment="À peu près", mood="moving", text="Bien.")

    reading, report = Reading.objects.get(), ProgressReport.objects.get()
    assert (reading.value, reading.source, reading.comment) == (
        Decimal("1234.5"),
        "Comptage",
        "À peu près",
    )
    assert (reading.state, reading.by) == ("declared", send.client.coordinator.user)
    assert (report.mood, report.text) == ("moving", "Bien.")
    page = read(send.challenge.get_absolute_url())
    assert "1 234,5" in page.text
    assert "Bien." in page.text


def test_figures_alone_are_enough(send):
    send(value="3", source="Comptage")

    assert Reading.objects.count() == 1
    assert ProgressReport.objects.count() == 0


def test_a_value_as_it_was_is_recorded_only_when_said_measured_again(send):
    factories.reading(objective=send.goal, value=12, source="Comptage")

    send(value="12", source="Comptage", mood="moving", text="Bien.")
    assert Reading.objects.count() == 1

    send(value="12", again="on", source="Comptage")
    assert [reading.value for reading in Reading.objects.all()] == [12, 12]


def test_a_milestone_is_dated(send):
    steps = factories.objective(challenge=send.challenge, kind="qualitative", target=None)
    step = Milestone.objects.create(objective=steps, position=1, wording="Ouvrir")
    today = timezone.localdate()

    send(**{f"reached_{step.pk}": today})

    step.refresh_from_db()
    assert step.reached_on == today


def test_a_fictional_coordinator_writes_fiction(send):
    batch = Demonstration.objects.create()
    send.client.coordinator.demonstration = batch
    send.client.coordinator.save()

    send(value="3", source="Comptage", mood="moving", text="Bien.")

    assert Reading.objects.get().demonstration == batch
    assert ProgressReport.objects.get().demonstration == batch


# Bad luck.


def test_the_same_form_twice_writes_once_and_answers_the_same(send):
    key = uuid4()
    first = send(key=key, value="3", source="Comptage", mood="moving", text="Bien.")
    second = send(key=key, value="3", source="Comptage", mood="moving", text="Bien.")

    assert first.url == second.url
    assert (Reading.objects.count(), ProgressReport.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({}, "__all__", "Il n’y a rien à enregistrer"),
        ({"value": "beaucoup"}, "value", "Écrivez un nombre, par exemple 12 ou 12,5."),
        ({"value": "9" * 20}, "value", "14"),
        ({"value": "3"}, "source", "Dites d’où vient ce chiffre"),
        ({"value": "3", "source": "x", "on": ""}, "on", "Indiquez le jour de la mesure."),
        ({"value": "3", "source": "x", "on": "2999-01-01"}, "on", "Indiquez une date passée"),
        ({"value": "3", "source": "x", "on": "hier"}, "on", "Cette date n’est pas lisible"),
        ({"value": "3", "source": "x" * 201}, "source", "200"),
        ({"mood": "moving"}, "text", "Dites en quelques mots pourquoi."),
        ({"text": "Bien."}, "mood", "Choisissez où en est le défi."),
        ({"text": "x" * 2001, "mood": "moving"}, "text", "2000"),
        ({"mood": "triste", "text": "x"}, "mood", "choix"),
        ({"act": "nothing_new", "text": "Si, pourtant."}, "__all__", "rien de nouveau"),
        ({"act": "nothing_new", "value": "3", "source": "x"}, "__all__", "rien de nouveau"),
        ({"key": "x", "act": "nothing_new"}, "key", "UUID"),
    ],
)
def test_bad_input_is_explained_keeps_what_was_typed_and_writes_nothing(
    send, typed, field, message
):
    response = send(**typed)

    assert response.status_code == 200
    name = f"{field}_{send.goal.pk}" if field in FIGURES else field
    assert message in " ".join(errors(response)[name])
    assert (Reading.objects.count(), ProgressReport.objects.count()) == (0, 0)
    for text in [value for value in typed.values() if value in {"Bien.", "Si, pourtant."}]:
        assert text in response.content.decode()


def test_a_day_before_the_last_measure_is_refused(send):
    factories.reading(objective=send.goal, value=2, on=timezone.localdate())

    before = timezone.localdate() - timedelta(days=1)
    response = send(value="3", source="Comptage", on=before)

    [message] = errors(response)[f"on_{send.goal.pk}"]
    assert message.startswith("La dernière mesure connue est du")


@pytest.mark.parametrize("text", ["\x00", "<script>alert(1)</script>", "{{ 7 }}", "é" * 2000])
def test_hostile_words_break_nothing(send, text):
    response = send(text=text, mood="moving")

    assert response.status_code in {200, 302}
    public = send.client.get(send.challenge.get_absolute_url()).content.decode()
    assert "<script>alert(1)" not in public


# Drafts.


def test_what_is_being_typed_is_kept_and_given_back(send):
    response = send(path=f"{FORM}brouillon/", text="À moitié", value="12")

    assert list(response.json()) == ["kept_at"]
    html = send.client.get(PAGE).content.decode()
    assert ">\nÀ moitié</textarea>" in html
    assert 'value="12"' in html
    assert "Brouillon enregistré à" in html
    assert ProgressReport.objects.count() == 0


def test_a_draft_is_of_who_typed_it_and_goes_once_sent(send):
    other = factories.user()
    Draft.objects.create(user=other, address=FORM, fields={"text": "Secret"})
    send(path=f"{FORM}brouillon/", text="À moi")

    assert "Secret" not in send.client.get(PAGE).content.decode()
    send(text="Fini", mood="moving")
    assert [draft.user for draft in Draft.objects.all()] == [other]


def test_an_enormous_draft_is_not_kept(send):
    send(path=f"{FORM}brouillon/", text="x" * 100_001)

    assert Draft.objects.get().fields == {}


def test_what_is_sent_after_the_session_ended_is_back_after_signing_in(send):
    user = send.client.coordinator.user
    send.client.logout()

    response = send(text="Presque perdu", mood="moving", value="12")
    assert response.status_code == 302
    assert ProgressReport.objects.count() == 0

    send.client.force_login(user)
    back = send.client.get(response.url.partition("next=")[2], follow=True)
    html = back.content.decode()
    assert "Votre saisie a été retrouvée" in html
    assert ">\nPresque perdu</textarea>" in html
    assert 'value="12"' in html


def test_what_was_being_typed_when_the_session_ended_is_back_too(send):
    user = send.client.coordinator.user
    send.client.logout()
    send(path=f"{FORM}brouillon/", text="À moitié")

    send.client.force_login(user)
    assert ">\nÀ moitié</textarea>" in send.client.get(PAGE).content.decode()
