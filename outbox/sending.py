"""Sending the queue: at most one copy of each message, whatever stops when.

A sender takes a message in a transaction of its own, delivers it outside of any, then writes what
came of it. One killed in between leaves its message taken: whether it left cannot be known, so
after the lease it is for the team to look at, never sent again by itself.
"""

import logging
import smtplib
from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from outbox.models import BACK_OFF, FINISHED, LEASE, LONGEST_ERROR, Message, State

logger = logging.getLogger(__name__)
ROUND = 100  # messages sent through one connection
BODY_DAYS = 7  # how long the text of a finished message is kept

INTERRUPTED = "L’envoi a été interrompu\u00a0: le message est peut-être parti."
OUTDATED = "Le message n’a pas pu partir à temps pour être utile."


def send_round(should_stop=lambda: False):
    """Send what is due, one connection’s worth; return a Counter of the states reached.

    An empty answer means nothing to send. The mail server not answering costs no message one of
    its tries: nothing is taken, and the error (OSError or SMTPException) is the caller’s.
    """
    tidy()
    outcome = Counter()
    if not sendable(timezone.now()).exists():
        return outcome
    connection = get_connection(settings.OUTBOX_DELIVERY_BACKEND)
    connection.open()
    try:
        while sum(outcome.values()) < ROUND and not should_stop():
            message = claim()
            if message is None:
                break
            state = deliver(message, connection)
            outcome[state] += 1
            if state is State.TO_CHECK or message.is_cut_off:
                break  # the connection is lost; the next round opens another
    finally:
        close(connection)
    return outcome


def close(connection):
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        logger.info("Le serveur de courrier avait déjà fermé la connexion.")


def tidy(at=None):
    """Set aside what was interrupted or is too late; erase texts that have served."""
    at = at or timezone.now()
    Message.objects.interrupted(at).update(
        state=State.TO_CHECK, claimed_until=None, error=INTERRUPTED
    )
    Message.objects.outdated(at).update(state=State.FAILED, error=OUTDATED)
    finished = Message.objects.filter(state__in=FINISHED).exclude(text="", html="")
    old = Q(created_on__lt=at - timedelta(days=BODY_DAYS))
    finished.filter(old | Q(secret=True)).update(text="", html="")


def claim(at=None):
    """Take one due message for a while, or return None: no two senders take the same."""
    at = at or timezone.now()
    with transaction.atomic():
        message = sendable(at).select_for_update(skip_locked=True).first()
        if message is None:
            return None
        message.state = State.SENDING
        message.attempts += 1
        message.claimed_until = at + LEASE
        message.save(update_fields=["state", "attempts", "claimed_until"])
    return message


def sendable(at):
    """What is due; once this hour’s mails are spent, only what is urgent (0 sets no limit)."""
    due = Message.objects.due(at)
    limit = settings.OUTBOX_MAILS_PER_HOUR
    if not limit:
        return due
    sent = Message.objects.patient().sent_since(at - timedelta(hours=1)).order_by()
    return due.urgent() if sent[:limit].count() >= limit else due


def deliver(message, connection):
    """Hand one taken message to the mail server and write what came of it; return its state."""
    message.is_cut_off = False
    try:
        connection.send_messages([composed(message)])
    except smtplib.SMTPRecipientsRefused as error:
        [(code, answer)] = error.recipients.values()
        return refuse(message, f"{code} {readable(answer)}", for_ever=code >= 500)
    except smtplib.SMTPDataError as error:
        return refuse(
            message,
            f"{error.smtp_code} {readable(error.smtp_error)}",
            for_ever=error.smtp_code >= 500,
        )
    except smtplib.SMTPResponseException as error:
        # It is the site that is refused, not this message: another day it will not be.
        return refuse(message, f"{error.smtp_code} {readable(error.smtp_error)}")
    except (OSError, smtplib.SMTPException) as error:
        message.is_cut_off = True
        if getattr(connection, "is_in_doubt", False):
            return settle(message, State.TO_CHECK, error=f"{INTERRUPTED} {error}")
        return refuse(message, str(error) or type(error).__name__)
    except ValueError as error:  # an address or a header that no message can carry
        return refuse(message, str(error), for_ever=True)
    return settle(message, State.SENT, sent_on=timezone.now())


def composed(message):
    mail = EmailMultiAlternatives(
        message.subject,
        message.text,
        settings.DEFAULT_FROM_EMAIL,
        [message.to],
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    return mail


def refuse(message, error, *, for_ever=False):
    """Write a refusal: to be tried again later, or failed for good."""
    if for_ever or message.attempts > len(BACK_OFF):
        return settle(message, State.FAILED, error=error)
    not_before = timezone.now() + BACK_OFF[message.attempts - 1]
    return settle(message, State.WAITING, error=error, not_before=not_before)


def settle(message, state, *, error="", **values):
    """Give a taken message its state, unless it was taken from us meanwhile; return that state."""
    if message.secret and state in FINISHED:
        values |= {"text": "", "html": ""}
    ours = Message.objects.filter(
        pk=message.pk, state=State.SENDING, claimed_until=message.claimed_until
    )
    ours.update(state=state, claimed_until=None, error=error[:LONGEST_ERROR], **values)
    return state


def readable(answer):
    return answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)
