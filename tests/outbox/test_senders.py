"""Senders as they run in service: processes, two at once, killed without warning."""

import os
import subprocess
import sys
import threading
from collections import Counter
from contextlib import contextmanager

import pytest
from django.conf import settings as site_settings
from django.utils import timezone

from outbox.actions import drop, retry
from outbox.models import LEASE, Message
from outbox.sending import tidy
from tests import factories
from tests.outbox.smtp_server import serving
from tests.processes import SECONDS, environment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def start():
    """``with start("--loop", port=25) as sender``: the command, as a process of its own."""

    @contextmanager
    def started(*arguments, port):
        variables = environment(
            SITE_URL=site_settings.SITE_URL,  # part of each Message-ID
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=str(port),
            EMAIL_SECURITY="none",
        )
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


def test_server_down_two_senders_one_killed_then_the_team_each_message_arrives_once(start):
    """What the outbox promises, end to end; ``OUTBOX_MESSAGES=2000`` for as many messages."""
    count = int(os.environ.get("OUTBOX_MESSAGES", "200"))
    messages = Message.objects.bulk_create(
        Message(key=f"preuve-{n}", to=f"a{n}@exemple.test", subject="Objet", text="Bonjour.")
        for n in range(count)
    )
    with serving() as server:
        port = server.port

    loop = ["--loop", "--every", "1"]
    with start(*loop, port=port) as killed, start(*loop, port=port) as other:
        # Nobody listens: nothing leaves, nothing is lost.
        for sender in [killed, other]:
            assert sender.stdout.readline().startswith("Envoi suspendu ")
        assert {*states()} == {"waiting"}

        both = threading.Barrier(2)
        killing = threading.Lock()

        def kill_half_way():
            # The first message of each is answered once the other has handed over its own.
            if len(server.received) <= 2:
                both.wait(timeout=SECONDS)
            if len(server.received) >= count // 2 and killing.acquire(blocking=False):
                killed.kill()

        with serving(port) as server:
            server.before_answering = kill_half_way
            assert killed.wait(timeout=SECONDS) == -9
            # A third one sends what is left beside the one that lives, and stops.
            with start(port=port) as third:
                assert third.wait(timeout=SECONDS) == 0
            other.terminate()
            assert other.wait(timeout=SECONDS) == 0

            tidy(timezone.now() + LEASE * 2)
            arrived = Counter(mail["Message-ID"] for _, mail in server.received)
            doubtful = Message.objects.filter(state="to_check")
            sent = Message.objects.filter(state="sent")
            assert {*arrived.values()} == {1}  # no copy
            assert sent.count() + doubtful.count() == count  # none lost
            assert doubtful.count() <= 1  # a sender has one message at a time
            assert all(message.message_id in arrived for message in sent)

            # The team looks for the doubtful one in the journals of the server, and acts.
            for message in doubtful:
                act = drop if message.message_id in arrived else retry
                act(Message.objects.filter(pk=message.pk))
            with start(port=port) as last:
                assert last.wait(timeout=SECONDS) == 0

            arrived = Counter(mail["Message-ID"] for _, mail in server.received)
            assert arrived == Counter(message.message_id for message in messages)


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
