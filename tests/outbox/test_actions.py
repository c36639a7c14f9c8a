"""What is queued, once, with what causes it; what the team may do with what stopped."""

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, send_mail
from django.db import transaction
from django.utils import timezone

from outbox import actions
from outbox.models import Message
from tests import factories

pytestmark = pytest.mark.django_db

MAIL = {"to": "a@exemple.test", "subject": "Objet", "text": "Bonjour."}


def test_the_same_key_twice_is_one_message():
    for text in ["le premier", "le second"]:
        actions.enqueue(**MAIL | {"text": text}, key="rappel-2026")

    assert Message.objects.get().text == "le premier"


def test_without_a_key_each_is_its_own_message():
    actions.enqueue(**MAIL)
    actions.enqueue(**MAIL)

    assert Message.objects.count() == 2


def test_a_message_goes_with_what_caused_it():
    with transaction.atomic():
        actions.enqueue(**MAIL)
        transaction.set_rollback(True)

    assert not Message.objects.exists()


def test_a_subject_is_one_line_and_not_too_long():
    actions.enqueue(**MAIL | {"subject": "Un objet\nBcc: b@exemple.test " + "x" * 300})

    subject = Message.objects.get().subject
    assert subject.startswith("Un objet Bcc: b@exemple.test xxx")
    assert len(subject) == 255
    assert subject.endswith("…")


# What Django’s own functions send.


def test_a_mail_of_django_is_a_secret_message_to_each_recipient():
    mail = EmailMultiAlternatives(
        "Objet", "texte", "x@exemple.test", ["a@b.test"], bcc=["c@d.test"]
    )
    mail.attach_alternative("<p>texte</p>", "text/html")

    assert mail.send() == 1

    rows = Message.objects.order_by("to").values_list("to", "subject", "text", "html", "secret")
    assert [*rows] == [
        ("a@b.test", "Objet", "texte", "<p>texte</p>", True),
        ("c@d.test", "Objet", "texte", "<p>texte</p>", True),
    ]


def test_a_mail_without_html():
    send_mail("Objet", "texte", None, ["a@b.test"])

    assert Message.objects.get().html == ""


def test_an_attachment_is_refused_rather_than_lost():
    mail = EmailMessage("Objet", "texte", to=["a@b.test"], attachments=[("a.txt", "x", None)])

    with pytest.raises(NotImplementedError, match="pièce jointe"):
        mail.send()
    assert not Message.objects.exists()


# What the team may do.


def in_every_state():
    now = timezone.now()
    factories.message(state="waiting")
    factories.message(state="sending", claimed_until=now)
    factories.message(state="sent", sent_on=now)
    for state in ["to_check", "failed", "dropped"]:
        factories.message(state=state, attempts=3, error="550 inconnu", not_after=now)


def test_only_what_stopped_is_tried_again():
    in_every_state()

    assert actions.retry(Message.objects.all()) == 3

    states = [*Message.objects.order_by("pk").values_list("state", "attempts", "error")]
    assert states == [
        ("waiting", 0, ""),
        ("sending", 0, ""),
        ("sent", 0, ""),
        *[("waiting", 0, "")] * 3,
    ]
    assert Message.objects.due().count() == 4


def test_a_message_without_text_is_not_tried_again():
    factories.message(state="failed", text="")

    assert actions.retry(Message.objects.all()) == 0


def test_what_is_not_sent_yet_is_given_up():
    in_every_state()

    assert actions.drop(Message.objects.all()) == 3

    states = [*Message.objects.order_by("pk").values_list("state", flat=True)]
    assert states == ["dropped", "sending", "sent", "dropped", "dropped", "dropped"]


def test_a_secret_given_up_is_forgotten():
    factories.message(secret=True, html="<p>123456</p>")
    factories.message(text="À relire")

    actions.drop(Message.objects.all())

    assert {*Message.objects.values_list("text", "html")} == {("", ""), ("À relire", "")}
