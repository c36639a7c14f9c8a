"""``manage.py load_demo`` and ``remove_demo``: a fictional whole that comes and goes."""

import re
from datetime import date
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from challenges.models import Challenge, Milestone, Objective, ProgressReport, Reading
from challenges.progress import progress_of
from frenchimpact.seed.demonstration import load_demonstration
from territories.models import Commitment, Coordinator, Demonstration, Organisation, Territory
from tests import factories
from tests.site import founding

pytestmark = pytest.mark.django_db

ACCOUNT = "administration@demonstration.invalid"
COORDINATOR = "coordination@demonstration.invalid"


@pytest.fixture(scope="module", autouse=True)
def loaded_once(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), founding.label_loaded():
        yield


@pytest.fixture(autouse=True)
def developer(settings):
    settings.DEBUG = True


def run(command, *options):
    output = StringIO()
    call_command(command, *options, stdout=output)
    return founding.spaced(output.getvalue()).splitlines()


def standing(challenge):
    """The readings that count on the first objective of a challenge, oldest first."""
    objective = Objective.objects.filter(challenge__slug=challenge).first()
    return list(Reading.objects.standing().filter(objective=objective))


def level(challenge):
    return Challenge.objects.with_activity().get(slug=challenge).freshness.level


# What it loads.


def test_what_is_loaded_says_why():
    """The label’s facts, then the fictional ones: the history names the command that wrote them."""
    run("load_demo")

    for model in [Territory, Challenge, Objective, Reading, ProgressReport, Commitment]:
        assert model.history.exists()
        assert not model.history.filter(history_change_reason=None).exists(), model


def test_every_row_belongs_to_the_demonstration():
    before = founding.count_rows()

    assert run("load_demo")[0] == (
        "Démonstration chargée : 4 étapes, 40 relevés, 9 points d’étape, 6 objectifs, 6 défis, "
        "21 engagements, 1 acteur."
    )

    batch = Demonstration.objects.get()
    grown = {
        "territories.Organisation": 1,
        "territories.Commitment": 21,
        "challenges.Challenge": 6,
        "challenges.Objective": 6,
        "challenges.Reading": 40,
        "challenges.ProgressReport": 9,
    }
    after = founding.count_rows()
    assert {label: after[label] - before[label] for label in grown} == grown
    for label, n in grown.items():
        assert apps.get_model(label).objects.filter(demonstration=batch).count() == n
    assert Milestone.objects.filter(objective__demonstration=batch).count() == 4


def test_every_row_is_valid_and_none_is_dated_tomorrow():
    load_demonstration()

    models = (Organisation, Challenge, Objective, Milestone, Reading, ProgressReport, Commitment)
    for model in models:
        for row in model.objects.all():
            row.full_clean()


def test_the_fictional_challenges_say_so():
    load_demonstration()
    fictional = Challenge.objects.filter(demonstration__isnull=False)

    assert all(challenge.title.endswith("(démonstration)") for challenge in fictional)
    assert {challenge.carrier.name for challenge in fictional} == {"Association de démonstration"}
    assert set(fictional.values_list("territory__slug", flat=True)) == {
        "est-ensemble",
        "clermont-ferrand",
        "mayotte",
    }
    assert set(fictional.values_list("nature", flat=True)) == {"social", "environmental", "civic"}
    assert fictional.values("stage").distinct().count() == 5
    assert fictional.published().count() == 6
    assert fictional.filter(replicated_from__in=fictional).count() == 1


def test_the_figures_say_they_are_fictional():
    load_demonstration()

    assert set(Reading.objects.values_list("source", flat=True)) == {"Donnée fictive"}


def test_no_text_holds_a_contact_or_an_amount():
    load_demonstration()
    suspicious = re.compile(r"@|https?:|€|euro|\b0\d(\W?\d\d){4}\b", re.IGNORECASE)
    texts = [
        value
        for model in (Organisation, Challenge, Objective, ProgressReport, Commitment, Reading)
        for row in model.objects.filter(demonstration__isnull=False).values()
        for value in row.values()
        if isinstance(value, str)
    ]

    assert [text for text in texts if suspicious.search(text)] == []
    assert [text for text in texts if re.search(r"'|\.\.\.|« | [:;!?»]", text)] == []


def test_every_state_is_seen():
    load_demonstration()

    real = ["entreprise-adaptee-agrobiologique", "maison-des-parcours", "scicalliance", "geiq"]
    assert [level(slug) for slug in real] == ["fresh", "stale", "silent", "never"]
    fictional = Challenge.objects.filter(demonstration__isnull=False).with_activity()
    assert {c.freshness.level for c in fictional} == {"fresh", "stale", "silent", "never"}
    assert set(ProgressReport.objects.values_list("mood", flat=True)) == set(
        ProgressReport.Mood.values
    )
    assert set(Reading.objects.values_list("state", flat=True)) == set(Reading.State.values)
    kinds = Objective.objects.filter(demonstration__isnull=False).values_list("kind", flat=True)
    assert set(kinds) == set(Objective.Kind.values)


def test_the_real_objectives_get_the_figures_of_their_kind():
    load_demonstration()

    count = [reading.value for reading in standing("entreprise-adaptee-agrobiologique")]
    assert count == [2, 7, 12, 14, 15, 16, 17, 19]
    remaining = [reading.value for reading in standing("scicalliance")]
    assert remaining == sorted(remaining, reverse=True)
    assert remaining[-1] > 0
    years = [reading.on.year for reading in standing("maison-des-parcours")]
    assert years == sorted(set(years))
    assert years[:3] == [2019, 2020, 2021]
    assert years[-1] >= timezone.localdate().year - 1


def test_a_wrong_reading_is_corrected_and_no_longer_counts():
    load_demonstration()
    correction = Reading.objects.get(supersedes__isnull=False)

    assert (correction.value, correction.supersedes.value) == (17, 18)
    assert correction.on == correction.supersedes.on
    assert correction in standing("entreprise-adaptee-agrobiologique")
    assert correction.supersedes not in standing("entreprise-adaptee-agrobiologique")


def test_the_objectives_tell_their_progress():
    # A given day: early in a year, the last yearly count is that of a complete year.
    today = date(2026, 11, 23)
    load_demonstration(today)

    told = {}
    for objective in Objective.objects.filter(demonstration__isnull=False):
        readings = Reading.objects.standing().filter(objective=objective)
        milestones = list(objective.milestones.all())
        progress = progress_of(objective, list(readings), milestones, today)
        told[objective.challenge.slug.removeprefix("demonstration-")] = progress.percent
    assert told == {
        "cantines-locales": 56,
        "jeunes-emploi": 37,
        "mobilites-partagees": 66,
        "numerique-pour-tous": 50,
        "depots-sauvages": 26,
        "cantines-essaimage": None,
    }


@pytest.mark.parametrize(
    "slug", ["territoire-ledonien-cluster-jura", "est-ensemble", "clermont-ferrand"]
)
def test_the_support_plans_hold_both_sides_over_the_six_axes(slug):
    load_demonstration()
    plan = Commitment.objects.filter(territory__slug=slug)

    assert plan.values("pillar").distinct().count() == 6
    assert set(plan.values_list("side", flat=True)) == {"state", "territory", "joint"}
    assert plan.filter(challenges__isnull=False).exists()
    assert plan.filter(instrument__isnull=False).exists()


def test_the_commitments_are_in_every_situation():
    load_demonstration()

    situations = {commitment.situation for commitment in Commitment.objects.all()}
    assert situations == {"to_start", "ongoing", "late", "done", "suspended", "abandoned"}
    suspended = Commitment.objects.filter(state="suspended")
    assert all(commitment.blocked_by and commitment.unblocked_by for commitment in suspended)


@pytest.mark.parametrize("today", [date(2027, 1, 1), date(2028, 2, 29), date(2027, 12, 31)])
def test_it_is_as_lively_whatever_the_day(today):
    load_demonstration(today)

    years = [reading.on.year for reading in standing("maison-des-parcours")]
    assert years == sorted(set(years))
    assert max(Reading.objects.values_list("on", flat=True)) <= today
    assert max(ProgressReport.objects.values_list("on", flat=True)) <= today


# How it is loaded.


def test_loading_twice_makes_one_demonstration():
    run("load_demo")
    before = founding.count_rows()

    assert run("load_demo")[0] == f"{Demonstration.objects.get()} : rien à faire."
    assert founding.count_rows() == before


def test_load_label_ignores_the_demonstration():
    run("load_demo")

    assert founding.load().splitlines() == [founding.summary(unchanged=founding.ROWS)]


def test_the_numbers_follow_those_of_real_challenges():
    territory = Territory.objects.get(slug="mayotte")
    factories.challenge(territory=territory, number=3)

    load_demonstration()

    numbers = territory.challenges.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [3, 4, 5]


@pytest.mark.parametrize(
    ("model", "slug", "missing"),
    [
        (Challenge, "scicalliance", "le défi « scicalliance »"),
        (Territory, "est-ensemble", "le territoire « est-ensemble »"),
    ],
)
def test_without_the_label_it_says_what_to_run_and_loads_nothing(model, slug, missing):
    model.objects.get(slug=slug).delete()
    before = founding.count_rows()

    with pytest.raises(CommandError) as refusal:
        run("load_demo")

    assert founding.spaced(str(refusal.value)) == (
        f"Il manque {missing} : lancez d’abord manage.py load_label."
    )
    assert founding.count_rows() == before


def test_a_missing_objective_undoes_everything():
    Objective.objects.get(challenge__slug="scicalliance").delete()
    before = founding.count_rows()

    with pytest.raises(CommandError, match="Il manque l’objectif du défi"):
        run("load_demo")

    assert founding.count_rows() == before


# The account.


def test_a_developer_gets_an_account_without_password(settings):
    settings.MFA_TOTP_INSECURE_BYPASS_CODE = "000000"
    first, second = run("load_demo")[-2:], run("load_demo")[-2:]

    assert first == second
    assert ACCOUNT in first[0]
    assert first[0].endswith("celui du second facteur : 000000")
    assert first[1].endswith(COORDINATOR)
    [right] = Coordinator.objects.active().filter(user__email=COORDINATOR)
    assert (right.role, right.demonstration) == ("referent", Demonstration.objects.get())
    user = User.objects.get(email=ACCOUNT)
    assert not user.has_usable_password()
    assert (user.name, user.is_staff, user.is_superuser) == ("Compte de démonstration", True, True)


def test_a_site_in_service_refuses_without_consent(settings):
    settings.DEBUG = False
    before = founding.count_rows()

    with pytest.raises(CommandError, match="Ces données fictives seraient publiées"):
        run("load_demo")

    assert founding.count_rows() == before


def test_a_site_in_service_gets_no_account(settings):
    settings.DEBUG = False

    lines = run("load_demo", "--yes")

    assert len(lines) == 1
    assert Demonstration.objects.exists()
    assert not User.objects.exists()


# How it goes.


def test_removing_leaves_everything_as_before():
    before = founding.count_rows()
    run("load_demo")

    assert run("remove_demo") == [
        "Démonstration enlevée : 40 relevés, 9 points d’étape, 4 étapes, 6 objectifs, 6 défis, "
        "21 engagements, 1 acteur.",
        "Comptes de démonstration supprimés.",
    ]
    assert founding.count_rows() == before
    assert founding.load().splitlines() == [founding.summary(unchanged=founding.ROWS)]


def test_removing_nothing_is_harmless():
    before = founding.count_rows()

    assert run("remove_demo") == ["Aucune donnée de démonstration."]
    assert founding.count_rows() == before


def test_it_can_come_back():
    run("load_demo")
    before = founding.count_rows()
    run("remove_demo")
    run("load_demo")

    assert founding.count_rows() == before


def test_what_was_changed_or_added_in_it_goes_with_it():
    before = founding.count_rows()
    run("load_demo")
    challenge = Challenge.objects.get(slug="demonstration-cantines-locales")
    challenge.stage = "achieved"
    challenge.save()
    objective = challenge.objectives.get()
    first = factories.reading(objective=objective)
    second = factories.reading(objective=objective, supersedes=first)
    factories.reading(objective=objective, supersedes=second)
    factories.reading(objective=factories.objective(challenge=challenge))
    factories.report(challenge=challenge).delete()
    Commitment.objects.first().delete()
    Challenge.objects.get(slug="demonstration-depots-sauvages").delete()

    run("remove_demo")

    assert founding.count_rows() == before


def test_a_real_reading_that_corrects_a_fictional_one_stays():
    run("load_demo")
    fictional = standing("scicalliance")[-1]
    real = factories.reading(objective=fictional.objective, supersedes=fictional, value=16)

    run("remove_demo")

    assert Reading.objects.get() == real
    real.refresh_from_db()
    assert (real.value, real.supersedes) == (16, None)


def test_real_rows_that_depend_on_it_stop_the_removal():
    run("load_demo")
    carrier = Organisation.objects.get(demonstration__isnull=False)
    factories.challenge(title="Un vrai défi", carrier=carrier)
    before = founding.count_rows()

    with pytest.raises(CommandError) as refusal:
        run("remove_demo")

    assert founding.spaced(str(refusal.value)) == (
        "Rien n’est enlevé : des données réelles dépendent de la démonstration "
        "(défi « Un vrai défi »). Détachez-les, puis relancez."
    )
    assert founding.count_rows() == before


def test_other_accounts_stay():
    colleague = factories.user()
    run("load_demo")

    run("remove_demo")

    assert list(User.objects.all()) == [colleague]
