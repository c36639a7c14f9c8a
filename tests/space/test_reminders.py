"""``send_reminders``: who is written to, of what, when; nothing twice. Then /espace/rappels/."""

import os
import subprocess
import sys
from datetime import date, timedelta

import pytest
from django.conf import settings as site_settings
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from outbox.models import Message
from space.models import Refusal, Reminder
from space.reminders import accept, refuse, send_reminders
from territories.models import Demonstration
from tests import factories
from tests.processes import SECONDS, database_url

pytestmark = pytest.mark.django_db

PAGE = "/espace/rappels/"
TODAY = date(2026, 3, 2)


def days(number):
    return TODAY + timedelta(days=number)


@pytest.fixture
def plan(grasse):
    """« Pays de Grasse », its objective reached: what waits is what a test adds."""
    factories.reading(objective=grasse.challenge.goal, value=25)
    return grasse


@pytest.fixture
def referent(plan):
    return factories.coordinator(territory=plan, user=factories.user(email="a@exemple.test")).user


def owe(territory, **fields):
    return factories.commitment(
        **{"territory": territory, "side": "territory", "due_on": days(-1)} | fields
    )


def mails():
    return [*Message.objects.order_by("pk")]


def moments():
    return [*Reminder.objects.order_by("pk").values_list("sent_on", "moment")]


def days_of_mails(first, last):
    """The days, counted from TODAY, on which a daily run writes to somebody."""
    return [n for n in range(first, last) if send_reminders(days(n))]


# When.


def test_a_commitment_is_told_of_before_its_date_then_after_then_monthly(plan, referent):
    owe(plan, due_on=TODAY)

    assert days_of_mails(-40, 70) == [-14, 1, 31, 61]
    assert [moment for _, moment in moments()] == [0, 1, 2, 3]


def test_a_measure_is_told_of_once_its_quarter_and_month_have_passed(plan, referent):
    goal = factories.objective(challenge=plan.challenge, target=1000)
    factories.reading(objective=goal, on=days(-120))

    assert days_of_mails(-5, 62) == [1, 31, 61]
    assert {*Reminder.objects.values_list("kind", "object_id", "due_on")} == {
        ("measure", goal.pk, TODAY)
    }


def test_what_was_never_measured_is_told_of_at_once_then_monthly(grasse):
    factories.coordinator(territory=grasse)

    assert days_of_mails(0, 61) == [0, 30, 60]
    assert {*Reminder.objects.values_list("due_on", flat=True)} == {None}


def test_what_is_done_is_told_of_no_more(plan, referent):
    commitment = owe(plan)
    assert send_reminders(TODAY) == 1

    commitment.state, commitment.done_on = "done", TODAY
    commitment.save()

    assert days_of_mails(1, 70) == []


def test_another_due_date_starts_again(plan, referent):
    commitment = owe(plan)
    assert send_reminders(TODAY) == 1

    commitment.due_on = days(20)
    commitment.save()

    assert days_of_mails(1, 25) == [7, 21]
    assert [moment for _, moment in moments()] == [1, 0, 1]


def test_a_day_without_a_run_loses_nothing(plan, referent):
    owe(plan, due_on=TODAY)

    assert [send_reminders(days(n)) for n in [-3, 5, 6]] == [1, 1, 0]
    assert [moment for _, moment in moments()] == [0, 1]


def test_at_most_one_mail_a_week_whatever_waits(plan, referent):
    for n in range(30):
        owe(plan, title=f"Engagement {n}", due_on=days(n))

    sent = days_of_mails(-20, 80)

    assert min(later - sooner for sooner, later in zip(sent, sent[1:], strict=False)) >= 7
    told = Reminder.objects.values_list("object_id", "moment")
    assert {object_id for object_id, moment in told if moment == 1} == {
        *plan.commitments.values_list("pk", flat=True)
    }


def test_a_mail_that_could_not_leave_in_two_days_does_not_meet_the_next(plan, referent):
    owe(plan)
    send_reminders(TODAY)

    [mail] = mails()
    assert timedelta(hours=47) < mail.not_after - timezone.now() <= timedelta(hours=48)


# Nothing twice.


def test_two_runs_send_one_mail(plan, referent):
    owe(plan)

    call_command("send_reminders")
    call_command("send_reminders")

    assert len(mails()) == 1


def test_the_base_itself_refuses_a_second_reminder(referent):
    for due_on in [TODAY, None]:
        fields = {"user": referent, "kind": "measure", "object_id": 1, "moment": 1}
        fields |= {"due_on": due_on}
        Reminder.objects.create(**fields, sent_on=TODAY)
        with pytest.raises(IntegrityError), transaction.atomic():
            Reminder.objects.create(**fields, sent_on=days(40))


@pytest.mark.django_db(transaction=True)
def test_two_processes_at_once_send_one_mail_a_person(plan):
    people = [factories.coordinator(territory=plan).user for _ in range(12)]
    owe(plan, due_on=timezone.localdate())
    variables = {"PATH": os.environ["PATH"], "DEBUG": "1", "DATABASE_URL": database_url()}

    runs = [
        subprocess.Popen(
            [sys.executable, "manage.py", "send_reminders"],
            env=variables,
            cwd=site_settings.BASE_DIR,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [run.communicate(timeout=SECONDS)[0] for run in runs]

    assert [run.returncode for run in runs] == [0, 0]
    assert sum(int(words.rpartition(":")[2].strip(" \u00a0.\n")) for words in said) == 12
    assert sorted(mail.to for mail in mails()) == sorted(user.email for user in people)
    assert Reminder.objects.count() == 12


# Who, and of what.


def test_drafts_are_never_told_of(plan, referent):
    for publication in ["draft", "submitted", "archived"]:
        challenge = factories.challenge(
            territory=plan, publication=publication, returned_because="À compléter"
        )
        factories.objective(challenge=challenge)
    for fields in [{"publication": "draft"}, {"publication": "archived"}, {"labelled": False}]:
        hidden = factories.territory(**fields)
        factories.coordinator(territory=hidden, user=referent)
        owe(hidden)
        factories.objective(challenge=factories.challenge(territory=hidden))

    assert send_reminders(TODAY) == 0


def test_only_who_may_write_today_is_written_to(plan):
    owe(plan)
    now = timezone.now()
    for fields in [
        {"role": "reader"},
        {"until": now - timedelta(minutes=1)},
        {"since": now + timedelta(hours=1)},
        {"user": factories.user(is_active=False)},
    ]:
        factories.coordinator(territory=plan, **fields)
    factories.coordinator()  # of another territory
    contributor = factories.coordinator(territory=plan, role="contributor").user

    assert send_reminders(TODAY) == 1
    assert [mail.to for mail in mails()] == [contributor.email]


def test_what_the_state_owes_is_not_told_to_the_territory(plan, referent):
    owe(plan, side="state")

    assert send_reminders(TODAY) == 0


def test_nothing_is_said_of_a_fiction_nor_to_one(plan, referent):
    fiction = {"demonstration": Demonstration.objects.create()}
    owe(plan, **fiction)
    factories.objective(challenge=plan.challenge, wording="Fictif", **fiction)
    real = factories.objective(challenge=plan.challenge, wording="Réel", target=1000)
    factories.reading(objective=real, **fiction)
    assert send_reminders(TODAY) == 0

    factories.coordinator(territory=plan, **fiction)
    unreachable = factories.user(email="coordination@demonstration.invalid")
    factories.coordinator(territory=plan, user=unreachable)
    owe(plan)
    assert send_reminders(TODAY) == 1
    assert [mail.to for mail in mails()] == [referent.email]


def test_who_refuses_is_not_written_to_until_they_accept(plan, referent):
    owe(plan)

    for territory in [plan, None]:
        for _ in range(2):
            refuse(user=referent, territory=territory)
        assert Refusal.objects.count() == 1
        assert send_reminders(TODAY) == 0
        accept(user=referent, territory=territory)
    assert send_reminders(TODAY) == 1


def test_refusing_one_territory_leaves_the_other_and_ones_colleagues(plan, referent):
    other = factories.territory(name="Jura")
    for user in [referent, factories.user(email="b@exemple.test")]:
        factories.coordinator(territory=other, user=user)
    for territory in [plan, other]:
        owe(territory, title=f"Chez {territory.name}")
    refuse(user=referent, territory=plan)

    assert send_reminders(TODAY) == 2
    assert [("Chez Pays de Grasse" in m.text, "Chez Jura" in m.text) for m in mails()] == [
        (False, True),
        (False, True),
    ]


# The mail.


def test_two_territories_make_one_mail(plan, referent, settings):
    settings.SITE_URL = "https://label.exemple.test"
    goal = factories.objective(challenge=plan.challenge, wording="1 000 repas", target=1000)
    factories.reading(objective=goal, on=date(2025, 1, 1))
    jura = factories.territory(name="Jura & Doubs", slug="jura")
    factories.coordinator(territory=jura, user=referent)
    late = owe(jura, title="Ouvrir l’atelier", due_on=date(2026, 2, 20))
    soon = owe(jura, title="Former <dix> personnes", due_on=date(2026, 3, 10))

    assert send_reminders(TODAY) == 1

    [mail] = mails()
    assert mail.to == "a@exemple.test"
    assert mail.subject == "3 mises à jour attendues : Jura & Doubs, Pays de Grasse"
    space = "https://label.exemple.test/espace"
    links = [
        f"{space}/jura/point/",
        f"{space}/jura/engagements/{late.pk}/",
        f"{space}/jura/engagements/{soon.pk}/",
        f"{space}/grasse/point/",
        f"{space}/grasse/point/#defi-{plan.challenge.pk}",
        f"{space}/",
        f"{space}/rappels/",
        "https://label.exemple.test/",
    ]
    assert [line.strip() for line in mail.text.splitlines() if "://" in line] == links
    assert [part.split('"')[0] for part in mail.html.split('href="')[1:]] == links
    for words in [
        "Ouvrir l’atelier (échéance passée depuis le 20 février 2026)",
        "Former <dix> personnes (échéance le 10 mars 2026)",
        "1 000 repas (dernière mesure le 1er janvier 2025)",
        "code de connexion envoyé à a@exemple.test",
    ]:
        assert words in mail.text
    assert "Former &lt;dix&gt; personnes" in mail.html
    assert "Jura &amp; Doubs" in mail.html
    assert not mail.secret
    assert not mail.urgent


def test_the_mail_tells_only_what_is_new_this_time(plan, referent):
    owe(plan, title="Premier", due_on=days(-1))
    owe(plan, title="Second", due_on=days(6))
    assert send_reminders(TODAY) == 1
    assert send_reminders(days(7)) == 1

    first, second = mails()
    assert "Premier" in first.text
    assert "Second" in first.text
    assert "Premier" not in second.text
    assert "Second" in second.text
    assert second.subject == "1 mise à jour attendue : Pays de Grasse"


# /espace/rappels/.


def test_reading_the_page_or_a_link_to_it_changes_nothing(signed_in, grasse):
    client = signed_in()
    for query in ["", "?act=stop", "?territory=grasse&act=stop"]:
        html = client.get(PAGE + query).content.decode()
        assert "Vous recevez les rappels" in html
        assert "Pays de Grasse" in html
    assert not Refusal.objects.exists()


def test_one_stops_and_resumes_a_territory_then_all(signed_in, grasse):
    client = signed_in()

    def press(**sent):
        return client.post(PAGE, sent, follow=True).content.decode()

    assert "plus de rappels pour Pays de Grasse." in press(territory="grasse", act="stop")
    assert [*Refusal.objects.values_list("territory", flat=True)] == [grasse.pk]
    assert "sans rappels" in client.get(PAGE).content.decode()
    assert "à nouveau des rappels pour Pays de Grasse." in press(territory="grasse", act="resume")
    assert not Refusal.objects.exists()

    html = press(act="stop")
    assert "Vous ne recevrez plus de rappels." in html
    assert "Vous ne recevez aucun rappel" in html
    assert "Territoire par territoire" not in html
    assert "Vous recevez les rappels" in press(act="resume")
    assert not Refusal.objects.exists()


def test_a_button_that_does_not_exist_is_said(signed_in):
    html = signed_in().post(PAGE, {"act": "autre"}, follow=True).content.decode()

    assert "Choisissez «\u00a0Ne plus me rappeler\u00a0»" in html
    assert not Refusal.objects.exists()


@pytest.mark.parametrize("slug", ["ailleurs", "\0", "inconnu"])
def test_a_territory_that_is_not_ones_own_is_not_found(signed_in, slug):
    factories.territory(slug="ailleurs")

    response = signed_in().post(PAGE, {"territory": slug, "act": "stop"})

    assert response.status_code == 404
    assert not Refusal.objects.exists()


def test_a_reader_or_an_account_without_territory_is_told_why_the_list_is_empty(client, signed_in):
    assert "Ce n’est pas votre cas" in signed_in("reader").get(PAGE).content.decode()
    client.force_login(factories.user())
    assert "Ce n’est pas votre cas" in client.get(PAGE).content.decode()


def test_the_home_of_the_space_leads_there(signed_in):
    assert f'href="{PAGE}"' in signed_in().get("/espace/").content.decode()


def test_the_page_asks_as_little_for_three_territories(signed_in, queries):
    client = signed_in()
    with queries(limit=12) as one:
        client.get(PAGE)
    for _ in range(2):
        factories.coordinator(user=client.coordinator.user)
    with queries(limit=12) as three:
        client.get(PAGE)
    assert len(three) == len(one)
