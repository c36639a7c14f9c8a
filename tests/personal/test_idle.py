"""``purge_accounts``: two years without a visit, a mail, a month, then nobody's account."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from frenchimpact.personal.idle import purge
from outbox.models import Message
from tests import factories

pytestmark = pytest.mark.django_db
LEFT = datetime(2024, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def account(**fields):
    return factories.user(**{"date_joined": LEFT - 100 * DAY, "last_login": LEFT} | fields)


def counts(at):
    done = purge(at)
    return done.warned, done.erased, len(done.kept)


def send(at):
    """What the sender does, at another moment."""
    Message.objects.filter(state="waiting").update(state="sent", sent_on=at)


def is_there(user):
    return User.objects.filter(pk=user.pk, email=user.email).exists()


def test_warned_a_month_before_then_erased():
    user = account(name="Hélène O’Neil")
    assert counts(LEFT + 699 * DAY) == (0, 0, 0)
    assert counts(LEFT + 700 * DAY) == (1, 0, 0)
    message = Message.objects.get()
    assert message.to == user.email
    assert message.subject == "Votre compte sera effacé le 31 décembre 2025"
    assert "connectez-vous avant cette date" in message.text
    assert "/compte/connexion/" in message.html
    send(LEFT + 700 * DAY)
    for day in range(701, 730):
        assert counts(LEFT + day * DAY) == (0, 0, 0)
    assert is_there(user)
    assert counts(LEFT + 730 * DAY) == (0, 1, 0)
    user.refresh_from_db()
    assert (user.name, user.is_active) == ("", False)
    assert not Message.objects.exclude(to=user.email).exists()
    assert counts(LEFT + 731 * DAY) == (0, 0, 0)


def test_a_visit_keeps_the_account_and_starts_again():
    user = account()
    purge(LEFT + 700 * DAY)
    send(LEFT + 700 * DAY)
    user.last_login = LEFT + 729 * DAY
    user.save()
    assert counts(LEFT + 731 * DAY) == (0, 0, 0)
    assert counts(user.last_login + 700 * DAY) == (1, 0, 0)
    assert Message.objects.count() == 2


def test_never_signed_in_counts_from_the_opening():
    user = account(last_login=None, date_joined=LEFT)
    assert counts(LEFT + 699 * DAY) == (0, 0, 0)
    assert counts(LEFT + 700 * DAY) == (1, 0, 0)
    assert is_there(user)


def test_a_command_that_did_not_run_for_long_still_gives_a_month():
    user = account()
    late = LEFT + 900 * DAY
    assert counts(late) == (1, 0, 0)
    assert Message.objects.get().subject.endswith("19 juillet 2026")
    send(late + 5 * DAY)
    assert counts(late + 30 * DAY) == (0, 0, 0)  # the mail left five days later
    assert is_there(user)
    assert counts(late + 35 * DAY) == (0, 1, 0)


def test_a_mail_that_waits_gives_no_notice_one_that_failed_does():
    account()
    purge(LEFT + 700 * DAY)
    assert counts(LEFT + 800 * DAY) == (0, 0, 0)
    Message.objects.update(state="failed")
    assert counts(LEFT + 800 * DAY) == (0, 1, 0)


def test_a_closed_account_is_not_asked_to_sign_in():
    account(is_active=False)
    assert counts(LEFT + 700 * DAY) == (1, 0, 0)
    message = Message.objects.get()
    assert "connectez-vous" not in message.text + message.html
    assert "Ce compte est fermé" in message.text


def test_superusers_and_last_referents_are_told_of_not_written_to(capsys):
    chief = account(is_superuser=True, is_staff=True)
    right = factories.coordinator(user=account(), since=LEFT)
    call_command("purge_accounts")
    told = capsys.readouterr().out
    assert f"Compte n°\u00a0{chief.pk}, gardé\u00a0: C’est un superutilisateur" in told
    assert f"Compte n°\u00a0{right.user.pk}, gardé\u00a0: {right.territory} n’aurait plus" in told
    assert "@" not in told
    assert not Message.objects.exists()

    factories.coordinator(territory=right.territory)
    call_command("purge_accounts")
    assert Message.objects.get().to == right.user.email


def test_whoever_is_invited_is_left_time_to_answer():
    user = account()
    at = LEFT + 700 * DAY
    invitation = factories.invitation(email=user.email, expires_at=at + 14 * DAY)
    assert counts(at) == (0, 0, 0)
    assert counts(invitation.expires_at) == (1, 0, 0)


def test_an_address_that_cannot_exist_is_left():
    account(email="administration@demonstration.invalid")
    assert counts(LEFT + 900 * DAY) == (0, 0, 0)


def test_of_now_by_the_command(capsys):
    account()
    factories.user(last_login=timezone.now())
    call_command("purge_accounts")
    assert capsys.readouterr().out.splitlines() == [
        "Comptes prévenus\u00a0: 1.",
        "Comptes effacés\u00a0: 0.",
    ]
