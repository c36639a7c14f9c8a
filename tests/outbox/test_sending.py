"""Sending, against a real mail server: nothing lost, nothing twice, whatever happens."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from outbox.models import BACK_OFF, LEASE, Message
from outbox.sending import INTERRUPTED, OUTDATED, claim, send_round, settle, tidy
from tests import factories

pytestmark = pytest.mark.django_db


def state_of(message):
    message.refresh_from_db()
    return message.state


def test_a_message_is_delivered_as_text_and_html(smtp, settings):
    settings.SITE_URL = "https://label.exemple.test"
    settings.DEFAULT_FROM_EMAIL = "Le French Impact <label@exemple.test>"
    message = factories.message(
        to="a@exemple.test", subject="Été", text="Déjà là.", html="<p>Déjà là.</p>"
    )

    assert send_round() == {"sent": 1}

    [(recipient, mail)] = smtp.received
    assert recipient == "a@exemple.test"
    assert mail["To"] == "a@exemple.test"
    assert mail["From"] == "Le French Impact <label@exemple.test>"
    assert mail["Subject"] == "Été"
    assert mail["Message-ID"] == message.message_id
    assert message.message_id.endswith("@label.exemple.test>")
    assert mail.get_body(["plain"]).get_content().strip() == "Déjà là."
    assert mail.get_body(["html"]).get_content().strip() == "<p>Déjà là.</p>"
    message.refresh_from_db()
    assert (message.state, message.attempts, message.claimed_until) == ("sent", 1, None)
    assert message.sent_on is not None


def test_what_was_sent_or_is_not_due_is_left_alone(smtp):
    factories.message(not_before=timezone.now() + timedelta(minutes=1))
    factories.message(state="sent", sent_on=timezone.now())
    factories.message(state="dropped")

    assert send_round() == {}
    assert smtp.received == []


def test_the_text_of_a_secret_goes_once_sent(smtp):
    secret = factories.message(text="123456", html="<p>123456</p>", secret=True)
    plain = factories.message(text="Bonjour.")

    send_round()

    secret.refresh_from_db()
    plain.refresh_from_db()
    assert (secret.state, secret.text, secret.html) == ("sent", "", "")
    assert plain.text == "Bonjour."


def test_a_server_that_does_not_answer_costs_nothing(smtp, settings):
    message = factories.message()
    settings.EMAIL_PORT = 1

    with pytest.raises(CommandError, match="ne répond pas"):
        call_command("send_outbox")

    assert state_of(message) == "waiting"
    assert message.attempts == 0

    settings.EMAIL_PORT = smtp.port
    call_command("send_outbox")
    assert state_of(message) == "sent"


def test_a_temporary_refusal_waits_longer_each_time_then_fails(smtp):
    message = factories.message(to="plein@exemple.test")
    smtp.answers["RCPT", "plein@exemple.test"] = "452 boîte pleine"

    for wait in BACK_OFF:
        Message.objects.update(not_before=timezone.now())
        assert send_round() == {"waiting": 1}
        message.refresh_from_db()
        assert abs(message.not_before - timezone.now() - wait) < timedelta(seconds=30)
        assert message.error == "452 boîte pleine"
    Message.objects.update(not_before=timezone.now())

    assert send_round() == {"failed": 1}
    assert state_of(message) == "failed"
    assert message.attempts == len(BACK_OFF) + 1


@pytest.mark.parametrize("stage", ["RCPT", "TEXT"])
def test_a_permanent_refusal_fails_at_once_and_the_next_goes(smtp, stage):
    refused = factories.message(to="inconnu@exemple.test")
    next_one = factories.message()
    smtp.answers[stage, "inconnu@exemple.test"] = "550 personne de ce nom"

    assert send_round() == {"failed": 1, "sent": 1}

    assert state_of(refused) == "failed"
    assert refused.error == "550 personne de ce nom"
    assert state_of(next_one) == "sent"


def test_a_site_that_is_refused_fails_no_message(smtp):
    message = factories.message()
    smtp.answers["MAIL", ""] = "550 vous n’êtes pas le bienvenu"

    assert send_round() == {"waiting": 1}
    assert state_of(message) == "waiting"


def test_a_line_cut_before_the_text_is_tried_again(smtp):
    message = factories.message(to="a@exemple.test")
    smtp.answers["RCPT", "a@exemple.test"] = None

    assert send_round() == {"waiting": 1}
    assert state_of(message) == "waiting"


def test_a_line_cut_after_the_text_leaves_a_doubt_and_no_second_copy(smtp):
    message = factories.message(to="a@exemple.test")
    smtp.answers["TEXT", "a@exemple.test"] = None

    assert send_round() == {"to_check": 1}
    assert state_of(message) == "to_check"
    assert message.error.startswith(INTERRUPTED)
    assert send_round() == {}


def test_an_address_that_no_mail_can_carry_fails(smtp):
    message = factories.message(to="a@exemple.test\nBcc: b@exemple.test")

    assert send_round() == {"failed": 1}
    assert state_of(message) == "failed"


# Two senders, and one that dies.


def test_a_message_taken_is_not_taken_again():
    factories.message()

    assert claim() is not None
    assert claim() is None


def test_what_a_dead_sender_took_is_for_the_team_and_not_sent_twice(smtp):
    message = factories.message()
    claim()

    tidy(timezone.now() + LEASE - timedelta(seconds=5))
    assert state_of(message) == "sending"
    tidy(timezone.now() + LEASE + timedelta(seconds=5))

    assert state_of(message) == "to_check"
    assert message.error == INTERRUPTED
    assert send_round() == {}


def test_a_sender_that_comes_back_too_late_changes_nothing():
    message = factories.message()
    taken = claim()
    tidy(timezone.now() + LEASE + timedelta(seconds=5))

    settle(taken, "sent", sent_on=timezone.now())

    assert state_of(message) == "to_check"


# Too late, too many, too old.


def test_a_message_that_is_no_longer_of_use_is_not_sent(smtp):
    code = factories.message(secret=True, not_after=timezone.now() - timedelta(seconds=1))

    assert send_round() == {}

    assert state_of(code) == "failed"
    assert (code.error, code.text) == (OUTDATED, "")


def test_what_is_urgent_goes_first(smtp):
    patient = factories.message(to="patient@exemple.test")
    factories.message(to="code@exemple.test", urgent=True)

    send_round()

    assert [to for to, _ in smtp.received] == ["code@exemple.test", patient.to]


def test_past_the_limit_of_an_hour_only_what_is_urgent_is_sent(smtp, settings):
    settings.OUTBOX_MAILS_PER_HOUR = 3
    hour_ago = timezone.now() - timedelta(minutes=61)
    factories.message(state="sent", sent_on=hour_ago)
    factories.message(state="sent", sent_on=timezone.now())
    for _ in range(5):
        factories.message()

    assert send_round() == {"sent": 2}
    factories.message(to="code@exemple.test", urgent=True)
    assert send_round() == {"sent": 1}
    assert smtp.received[-1][0] == "code@exemple.test"
    assert send_round() == {}

    settings.OUTBOX_MAILS_PER_HOUR = 0
    assert send_round() == {"sent": 3}


def test_texts_are_kept_a_week_after_they_have_served():
    now = timezone.now()
    old = {"created_on": now - timedelta(days=8)}
    sent = factories.message(state="sent", sent_on=now, **old)
    waiting = factories.message(**old)
    recent = factories.message(state="sent", sent_on=now)

    tidy()

    for message in [sent, waiting, recent]:
        message.refresh_from_db()
    assert [sent.text, waiting.text, recent.text] == ["", "Bonjour.", "Bonjour."]


# The command.


def test_the_command_sends_everything_and_says_so(smtp, capsys):
    for _ in range(120):
        factories.message()

    call_command("send_outbox")
    call_command("send_outbox")

    assert capsys.readouterr().out == "Messages envoyés\u00a0: 120.\nAucun message à envoyer.\n"
    assert len({to for to, _ in smtp.received}) == len(smtp.received) == 120


def test_a_pause_is_at_least_a_second():
    with pytest.raises(CommandError, match="--every"):
        call_command("send_outbox", "--loop", "--every", "0")
