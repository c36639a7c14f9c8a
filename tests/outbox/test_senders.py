"""Senders as they run in service: processes, two at once, killed without warning."""

import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.conf import settings as site_settings
from django.utils import timezone

from outbox.models import LEASE, Message
from outbox.sending import tidy
from tests import factories
from tests.processes import SECONDS, environment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def start():
    """``with start("--loop", port=25) as sender``: the command, as a process of its own."""

    @contextmanager
    def started(*arguments, port):
        variables = environment(EMAIL_HOST="127.0.0.1", EMAIL_PORT=str(port), EMAIL_SECURITY="none")
        sender = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "manage.py", "send_outbox", *arguments],
            env=variables,
            cwd=site_settings.BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            yield sender
        finally:
            sender.kill()
            sender.communicate(timeout=SECONDS)

    return started


def states():
    return [*Message.objects.order_by("pk").values_list("state", flat=True)]


def test_two_senders_and_one_killed_send_200_messages_once(smtp, start):
    for _ in range(200):
        factories.message()

    with start(port=smtp.port) as killed, start(port=smtp.port) as other:

        def kill():
            if len(smtp.received) == 60:
                killed.kill()

        smtp.before_answering = kill
        assert other.wait(timeout=SECONDS) == 0
        assert killed.wait(timeout=SECONDS) == -9

    tidy(timezone.now() + LEASE * 2)
    recipients = [to for to, _ in smtp.received]
    sent = {*Message.objects.filter(state="sent").values_list("to", flat=True)}
    doubtful = {*Message.objects.filter(state="to_check").values_list("to", flat=True)}
    assert len(recipients) == len({*recipients})  # no copy
    assert sent <= {*recipients} <= sent | doubtful  # none said sent that was not
    assert len(sent) + len(doubtful) == 200  # none lost
    assert len(doubtful) <= 1


def test_a_sender_killed_just_after_handing_over_leaves_one_copy_and_a_doubt(smtp, start):
    factories.message()
    with start(port=smtp.port) as sender:
        smtp.before_answering = sender.kill
        sender.wait(timeout=SECONDS)
    smtp.before_answering = lambda: None

    with start(port=smtp.port) as second:
        assert "Aucun message" in second.communicate(timeout=SECONDS)[0]

    assert states() == ["sending"]
    tidy(timezone.now() + LEASE * 2)
    assert states() == ["to_check"]
    assert len(smtp.received) == 1


def test_a_sender_told_to_stop_finishes_the_message_it_began(smtp, start):
    for _ in range(50):
        factories.message()

    with start("--loop", port=smtp.port) as sender:
        smtp.before_answering = sender.terminate
        said, _ = sender.communicate(timeout=SECONDS)

    assert sender.returncode == 0
    assert said.endswith("Arrêt demandé\u00a0: plus rien n’est en cours d’envoi.\n")
    assert len(smtp.received) == 1
    assert states() == ["sent", *["waiting"] * 49]


def test_a_sender_that_waits_stops_when_told(smtp, start):
    factories.message()

    with start("--loop", "--every", "600", port=smtp.port) as sender:
        assert sender.stdout.readline() == "Messages envoyés\u00a0: 1.\n"
        sender.terminate()
        assert sender.wait(timeout=SECONDS) == 0


def test_a_sender_outlives_a_mail_server_that_is_down(smtp, start):
    factories.message()

    with start("--loop", "--every", "1", port=1) as sender:
        for _ in range(2):
            assert sender.stdout.readline().startswith("Envoi suspendu ")
        assert sender.poll() is None

    assert states() == ["waiting"]
    assert Message.objects.get().attempts == 0
