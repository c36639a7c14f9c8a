"""The first page of the administration."""

import re
from datetime import date, timedelta
from html import unescape

import html5lib
import pytest
from django.contrib.admin.models import ADDITION, DELETION, LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.utils import timezone

from accounts.models import User
from challenges.models import Challenge, Objective, Proposal, Reading
from frenchimpact.dashboard.figures import first_days
from frenchimpact.dashboard.waiting import day_of, how_long
from outbox.models import Message
from territories.models import Commitment, Demonstration, Designation, Territory
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


def days_ago(days):
    return timezone.localdate() - timedelta(days=days)


def moment(days):
    return timezone.now() - timedelta(days=days)


def staff(*permissions):
    user = factories.user(is_staff=True)
    codes = [permission.partition(".")[2] for permission in permissions]
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    return user


def followed_territory(**fields):
    """A territory with a referent: it waits for nothing."""
    territory = factories.territory(**fields)
    factories.coordinator(territory=territory)
    return territory


@pytest.fixture
def board(admin_client):
    """``board()``: what the first page tells an administrator."""
    return lambda: admin_client.get("/admin/").context


def counts(context):
    return {item.line.key: item.count for item in context["waiting"]}


def chart(context, title):
    (found,) = [chart for chart in context["charts"] if chart.title == title]
    return {bar.words: bar.count for bar in found.bars}


def wait_for_everything():
    """One row or more for each line, each with a row beside it that does not wait."""
    territory = followed_territory()
    silent = followed_territory()
    factories.territory(name="Sans référent")
    factories.territory(name="Brouillon", publication="draft")

    recent = factories.challenge(territory=territory)
    factories.report(challenge=recent, on=days_ago(3))
    factories.report(challenge=factories.challenge(territory=silent), on=days_ago(400))
    factories.challenge(territory=territory, publication="submitted")

    proposal = Proposal.objects.create(challenge=recent, submitted_at=moment(10))
    Proposal.objects.create(challenge=recent, state="withdrawn", submitted_at=moment(90))
    assert proposal.state == "submitted"

    objective = factories.objective(challenge=recent)
    wrong = factories.reading(objective=objective, on=days_ago(40))
    factories.reading(objective=objective, on=days_ago(40), supersedes=wrong)
    factories.reading(objective=objective, on=days_ago(70), state="validated")

    pillar = factories.pillar()
    for side, due_on, state in [
        ("state", days_ago(45), "ongoing"),
        ("joint", days_ago(-30), "to_start"),
        ("state", days_ago(-31), "ongoing"),
        ("territory", days_ago(45), "ongoing"),
        ("state", days_ago(45), "suspended"),
    ]:
        factories.commitment(
            territory=territory, pillar=pillar, side=side, due_on=due_on, state=state
        )
    factories.message(state="failed", created_on=moment(2))
    factories.message(state="to_check")
    factories.message()


def test_each_line_counts_exactly_what_its_list_shows(admin_client, board):
    wait_for_everything()
    context = board()
    assert counts(context) == {
        "proposals": 1,
        "challenges": 1,
        "readings": 1,
        "commitments": 2,
        "silent": 1,
        "referents": 1,
        "messages": 2,
    }
    for item in context["waiting"]:
        shown = admin_client.get(item.address)
        assert shown.status_code == 200, item.address
        assert shown.context["cl"].result_count == item.count, item.address


def test_each_line_tells_the_age_of_the_oldest(board):
    wait_for_everything()
    ages = {item.line.key: item.age.replace("\u00a0", " ") for item in board()["waiting"]}
    assert ages == {
        "proposals": "proposée il y a 10 jours",
        "challenges": "soumis aujourd’hui",
        "readings": "enregistré aujourd’hui",
        "commitments": "première échéance il y a 45 jours",
        "silent": "dernières nouvelles il y a 13 mois",
        "referents": "date inconnue",
        "messages": "le plus ancien : demandé il y a 2 jours",
    }


def test_a_challenge_waits_since_it_was_submitted_the_last_time(board):
    challenge = factories.challenge(publication="submitted", territory=followed_territory())
    for publication in ["draft", "submitted", "submitted"]:
        challenge.publication = publication
        challenge.save()
    versions = challenge.history.order_by("history_id")
    for version, days in zip(versions, [90, 60, 30, 5], strict=True):
        version.history_date = moment(days)
        version.save()
    (item,) = board()["waiting"]
    assert item.oldest == days_ago(30)


def test_a_territory_is_without_referent_since_the_last_one_left(board):
    territory = factories.territory(labelled=False)
    factories.designation(territory=territory, granted_on=days_ago(300))
    left = {"territory": territory, "since": moment(200)}
    factories.coordinator(**left, until=moment(90))
    factories.coordinator(**left, until=moment(20))
    (item,) = board()["waiting"]
    assert item.oldest == days_ago(20)


def test_nothing_waits(admin_client):
    followed_territory()
    assert "Rien n’attend" in admin_client.get("/admin/").text


def test_the_figures(board):
    region = factories.area(level="region", name="Bretagne")
    other = factories.area(level="region", name="Occitanie")
    commune = factories.area(level="commune", parents=[other])
    both = factories.area(parents=[region, other])
    one = followed_territory(areas=[both, region])
    two = followed_territory(labelled=False, anchor=commune)
    factories.designation(territory=two, wave=factories.wave(2))
    factories.territory(publication="draft", areas=[both])
    factories.designation(
        territory=factories.territory(labelled=False, areas=[both]),
        granted_on=days_ago(-9),
    )
    challenge = factories.challenge(territory=one, stage="deployment")
    factories.challenge(territory=one, stage="")
    factories.challenge(territory=one, stage="paused", publication="draft")
    objective = factories.objective(challenge=challenge)
    factories.reading(objective=objective, on=days_ago(0))
    factories.reading(objective=objective, on=days_ago(800))
    factories.reading(objective=objective, on=days_ago(1), state="rejected")

    context = board()
    assert chart(context, "Territoires par vague") == {"1re vague": 1, "2e vague": 1}
    assert chart(context, "Territoires par région") == {"Occitanie": 2, "Bretagne": 1}
    assert chart(context, "Défis publiés, par étape") == {
        "Déploiement": 1,
        "Étape inconnue": 1,
    }
    assert chart(context, "Fraîcheur des territoires") == {
        "À jour": 1,
        "À rafraîchir": 0,
        "Silencieux": 0,
        "Pas encore de nouvelles": 1,
    }
    months = [bar.count for bar in context["months"].bars]
    assert len(months) == 12
    assert months[-1] == sum(months) == 1


def test_a_bar_leads_to_as_many_rows(admin_client, board):
    wait_for_everything()
    factories.challenge(stage="deployment", territory=followed_territory())
    followed_territory(areas=[factories.area(level="region", code="53", name="Bretagne")])
    bars = [bar for chart in board()["charts"] for bar in chart.bars if bar.address]
    assert len(bars) == 7
    for bar in bars:
        shown = admin_client.get(bar.address).context["cl"]
        assert shown.result_count == bar.count, bar.address


def test_each_drawing_has_its_figures_in_a_table(admin_client):
    wait_for_everything()
    html = admin_client.get("/admin/").text
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    figures = tree.findall(".//div[@class='figure']") + tree.findall(
        ".//div[@class='figure figure--wide']"
    )
    assert len(figures) == 5
    for figure in figures:
        if figure.find(".//p[@class='nothing']") is None:
            assert figure.find(".//table/caption") is not None
            assert len(figure.findall(".//tbody/tr")) == len(figure.findall(".//{*}rect"))
    assert re.findall(r"<script(?![^>]*src=)|\sstyle=|\son\w+=", html) == []


@pytest.mark.parametrize(
    ("permission", "line"),
    [
        ("challenges.view_proposal", "proposals"),
        ("challenges.change_challenge", "challenges"),
        ("challenges.view_reading", "readings"),
        ("territories.view_commitment", "commitments"),
        ("outbox.view_message", "messages"),
    ],
)
def test_a_line_is_shown_to_whoever_may_see_its_rows(client_of, permission, line):
    wait_for_everything()
    context = client_of(staff(permission)).get("/admin/").context
    assert set(counts(context)) == {line}


def test_staff_without_rights_read_no_figure_nor_act(client_of, admin_user):
    wait_for_everything()
    log(admin_user, Territory.objects.first())
    response = client_of(staff()).get("/admin/")
    assert response.status_code == 200
    context = response.context
    assert (context["waiting"], context["charts"], context["months"]) == ([], [], None)
    assert [*context["acts"]] == []
    assert "n’ouvre encore aucune liste" in response.text


def log(user, row, flag=ADDITION, days=0, **fields):
    return LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(row),
        object_id=row.pk,
        object_repr=str(row),
        action_flag=flag,
        action_time=moment(days),
        **fields,
    )


def test_the_last_ten_acts_say_who_when_and_on_what(admin_client, admin_user):
    territory = followed_territory(name="Pays <b>d’essai</b>")
    for days in range(12):
        log(admin_user, territory, days=days)
    log(admin_user, factories.theme(name="Disparu"), flag=DELETION)
    response = admin_client.get("/admin/")
    acts = [*response.context["acts"]]
    assert len(acts) == 10
    assert acts[0].is_deletion
    html = response.text
    assert f'href="/admin/territories/territory/{territory.pk}/change/"' in html
    assert "<b>d’essai" not in html
    assert "Pays <b>d’essai</b>" in unescape(html)
    assert admin_user.email in html


def test_an_act_on_an_account_is_shown_only_to_whoever_may_see_accounts(client_of, admin_user):
    log(admin_user, factories.user(email="secret@exemple.test"))
    log(admin_user, followed_territory(name="Pays visible"))
    text = client_of(staff("territories.view_territory")).get("/admin/").text
    assert "Pays visible" in text
    assert "secret@exemple.test" not in text


def many(number):
    """``number`` more rows of all that the page counts."""
    wave, pillar, carrier = factories.wave(), factories.pillar(), factories.organisation()
    first = Territory.objects.count()
    names = range(first, first + number)
    territories = Territory.objects.bulk_create(
        Territory(name=f"T {n}", slug=f"t-{n}", kind="pays", publication="published") for n in names
    )
    region = factories.area(level="region")
    links = Territory.areas.through
    links.objects.bulk_create(links(territory=row, area=region) for row in territories)
    Designation.objects.bulk_create(Designation(territory=row, wave=wave) for row in territories)
    Commitment.objects.bulk_create(
        Commitment(territory=row, pillar=pillar, title="E", side="state", due_on=date(2020, 1, 1))
        for row in territories
    )
    challenges = Challenge.objects.bulk_create(
        Challenge(
            territory=row,
            carrier=carrier,
            number=1,
            title=f"D {row.pk}",
            slug=f"d-{row.pk}",
            publication="submitted" if place % 2 else "published",
        )
        for place, row in enumerate(territories)
    )
    Proposal.objects.bulk_create(Proposal(challenge=row) for row in challenges)
    objectives = Objective.objects.bulk_create(
        Objective(challenge=row, position=1, wording="O", kind="count", target=1, unit="u")
        for row in challenges
    )
    Reading.objects.bulk_create(
        Reading(objective=row, on=days_ago(300), value=1, source="s") for row in objectives
    )
    Message.objects.bulk_create(
        Message(key=f"m-{n}", to="a@exemple.test", subject="s", state="failed") for n in names
    )
    kind = ContentType.objects.get_for_model(Territory)
    authors = User.objects.bulk_create(User(email=f"auteur{n}@exemple.test") for n in names)
    LogEntry.objects.bulk_create(
        LogEntry(
            user=author,
            content_type=kind,
            object_id=row.pk,
            object_repr="T",
            action_flag=ADDITION,
        )
        for row, author in zip(territories, authors, strict=True)
    )


def test_as_many_queries_whatever_the_number_of_rows(client_of, queries):
    """By someone whose rights are to be read too, which a superuser’s are not."""
    codes = ["territory", "challenge", "proposal", "reading", "commitment", "message"]
    reader = client_of(staff(*[f"a.view_{code}" for code in codes]))
    asked = []
    for number in [1, 25, 250]:
        many(number)
        ContentType.objects.clear_cache()
        with queries(limit=12) as captured:
            context = reader.get("/admin/").context
        asked.append(len(captured))
        assert set(counts(context)) >= {"proposals", "readings", "commitments", "silent"}
        assert len(context["acts"]) == min(number, 10)
    assert asked[0] == asked[1] == asked[2]


def test_the_brand_of_the_state_is_a_setting(admin_client, settings):
    assert "République<br>Française" in admin_client.get("/admin/").text
    settings.STATE_BRAND = False
    assert "République<br>Française" not in admin_client.get("/admin/").text


def test_demonstration_data_is_said(admin_client):
    assert "données de démonstration" not in admin_client.get("/admin/").text
    Demonstration.objects.create()
    caches["local"].clear()
    assert "données de démonstration" in admin_client.get("/admin/").text


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "aujourd’hui"),
        (1, "hier"),
        (-1, "demain"),
        (2, "il y a 2 jours"),
        (-12, "dans 12 jours"),
        (59, "il y a 59 jours"),
        (61, "il y a 2 mois"),
        (400, "il y a 13 mois"),
    ],
)
def test_how_long(days, words):
    assert how_long(days).replace("\u00a0", " ") == words


def test_a_moment_of_either_database_is_a_day_of_paris():
    assert day_of(None) is None
    assert day_of("2026-11-03") == date(2026, 11, 3)
    assert day_of("2026-11-03 23:30:00.125") == date(2026, 11, 4)
    assert day_of("2026-11-03 23:30:00.125+00") == date(2026, 11, 4)


def test_the_twelve_months_end_with_this_one():
    days = first_days()
    assert len(days) == 12
    assert days[-1] == timezone.localdate().replace(day=1)
    assert all(day.day == 1 for day in days)
    assert days == sorted(set(days))
