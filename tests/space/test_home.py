"""/espace/: what waits for a coordinator, then their territories."""

from datetime import timedelta

import pytest
from django.utils import timezone

from challenges.models import Audience, Theme
from tests import factories

pytestmark = pytest.mark.django_db

PAGE = "/espace/"


@pytest.fixture(autouse=True)
def whole_sheet(grasse):
    """« Habiter » lacks nothing but measures."""
    challenge = grasse.challenge
    challenge.need, challenge.answer, challenge.stage = "Vieillir", "Une maison", "deployment"
    challenge.save()
    challenge.themes.add(Theme.objects.create(name="Habitat", slug="habitat"))
    challenge.audiences.add(Audience.objects.create(name="Aînés", slug="aines"))


def waiting(client):
    """(what, about, whether it is late) of each task shown."""
    tasks = client.get(PAGE).context["tasks"]
    return [(task.what, task.about, task.is_late) for task in tasks]


def test_what_was_never_measured_or_not_for_long_waits(signed_in, grasse):
    client = signed_in()
    fresh, old = [
        factories.objective(challenge=grasse.challenge, wording=wording, target=25)
        for wording in ["Récent", "Ancien"]
    ]
    today = timezone.localdate()
    factories.reading(objective=fresh, on=today - timedelta(days=120))
    factories.reading(objective=old, on=today - timedelta(days=121))

    assert waiting(client) == [
        ("Mesurer à nouveau", "Habiter\u00a0: Ancien", True),
        ("Donner une première mesure", "Habiter\u00a0: 25 logements", False),
    ]


def test_what_is_reached_or_over_does_not_wait(signed_in, grasse):
    factories.reading(objective=grasse.challenge.goal, value=25, on="2020-01-01")
    for fields in [{"stage": "abandoned"}, {"stage": "achieved"}, {"publication": "draft"}]:
        factories.objective(challenge=factories.challenge(territory=grasse, **fields))

    assert waiting(signed_in()) == []
    assert "tout est à jour" in signed_in("reader").get(PAGE).content.decode()


def test_commitments_of_the_territory_due_soon_or_late_wait(signed_in, grasse):
    factories.reading(objective=grasse.challenge.goal, value=25)
    today = timezone.localdate()
    for title, days, fields in [
        ("Tard", -1, {"side": "territory"}),
        ("Bientôt", 30, {"side": "joint"}),
        ("Plus tard", 31, {"side": "territory"}),
        ("À l’État", -1, {"side": "state"}),
        ("Fait", -1, {"side": "territory", "state": "done", "done_on": today}),
        ("Suspendu", -1, {"side": "territory", "state": "suspended"}),
    ]:
        due = today + timedelta(days=days)
        factories.commitment(territory=grasse, title=title, due_on=due, **fields)

    assert waiting(signed_in()) == [
        ("Dire où en est l’engagement", "Tard", True),
        ("Dire où en est l’engagement", "Bientôt", False),
    ]


def test_a_sheet_that_lacks_what_a_citizen_looks_for_waits_saying_what(signed_in, grasse):
    client, challenge = signed_in(), grasse.challenge
    factories.reading(objective=challenge.goal, value=25)
    assert waiting(client) == []

    challenge.need = challenge.stage = ""
    challenge.save()
    challenge.themes.clear()
    about = "Habiter\u00a0: il manque le besoin, son thème et son étape"
    assert waiting(client) == [("Compléter la fiche", about, False)]
    [task] = client.get(PAGE).context["tasks"]
    assert task.address == "/espace/grasse/defis/habiter/"

    challenge.need, challenge.answer, challenge.stage = "Vieillir", "", "deployment"
    challenge.save()
    challenge.themes.add(Theme.objects.get())
    challenge.audiences.clear()
    about = "Habiter\u00a0: il manque la réponse et à qui il s’adresse"
    assert waiting(client) == [("Compléter la fiche", about, False)]

    challenge.answer = "Une maison"
    challenge.save()
    challenge.audiences.add(Audience.objects.get())
    challenge.objectives.all().delete()
    about = "Habiter\u00a0: il manque un objectif"
    assert waiting(client) == [("Compléter la fiche", about, False)]


def test_an_incomplete_sheet_that_is_over_or_unpublished_does_not_wait(signed_in, grasse):
    factories.reading(objective=grasse.challenge.goal, value=25)
    for fields in [{"stage": "abandoned"}, {"stage": "achieved"}, {"publication": "draft"}]:
        factories.challenge(territory=grasse, **fields)
    factories.challenge()

    assert waiting(signed_in()) == []


def test_a_reader_is_asked_nothing(signed_in, grasse):
    assert waiting(signed_in("reader")) == []


def test_only_ones_own_territories_are_shown(signed_in, grasse):
    factories.challenge(territory=factories.territory(name="Ailleurs"), title="Secret")

    html = signed_in().get(PAGE).content.decode()

    assert "Pays de Grasse" in html
    assert "Secret" not in html


def test_an_account_without_territory_is_told_what_to_expect(client, db):
    client.force_login(factories.user(email="seule@exemple.test"))

    html = client.get(PAGE).content.decode()

    assert "n’est rattaché à aucun territoire" in html
    assert "seule@exemple.test" in html


def test_at_most_twelve_queries_for_one_or_thirty_challenges(signed_in, grasse, queries):
    client = signed_in()

    def asked():
        with queries(limit=12) as captured:
            assert client.get(PAGE).status_code == 200
        return len(captured)

    few = asked()
    for _ in range(30):
        factories.reading(
            objective=factories.objective(challenge=factories.challenge(territory=grasse))
        )
        factories.commitment(territory=grasse, side="territory", due_on=timezone.localdate())
        factories.challenge(territory=grasse).themes.add(Theme.objects.get())
        factories.coordinator(territory=grasse)

    assert asked() == few
