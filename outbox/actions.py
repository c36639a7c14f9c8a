"""Putting mail in the queue, and what the team may do with it."""

import uuid

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import Truncator

from outbox.models import STOPPED, Message, State

LONGEST_SUBJECT = 255


def enqueue(*, to, subject, text, html="", key="", **options):
    """Queue one e-mail to one address, in the transaction of what causes it.

    The same key twice makes one message: the first one stays as it is. The options are fields:
    ``secret``, ``urgent``, ``not_before``, ``not_after``.
    """
    message = Message(
        key=key or uuid.uuid4().hex,
        to=to,
        # A line break in a subject would let its author add headers.
        subject=Truncator(" ".join(subject.split())).chars(LONGEST_SUBJECT),
        text=text,
        html=html,
        **options,
    )
    Message.objects.bulk_create([message], ignore_conflicts=True)


def enqueue_template(template, *, to, context, **options):
    """Queue the e-mail that ``<template>_subject.txt``, ``_message.txt`` and ``.html`` write.

    Links start with ``site_url``: never with the host that a request names.
    """
    context = {"site_url": settings.SITE_URL, "state_brand": settings.STATE_BRAND} | context
    enqueue(
        to=to,
        subject=render_to_string(f"{template}_subject.txt", context),
        text=render_to_string(f"{template}_message.txt", context).strip() + "\n",
        html=render_to_string(f"{template}_message.html", context),
        **options,
    )


def retry(messages):
    """Queue again, now, what stopped and still has its text; return how many."""
    return (
        messages.filter(state__in=STOPPED)
        .exclude(text="", html="")
        .update(
            state=State.WAITING,
            attempts=0,
            not_before=timezone.now(),
            not_after=None,
            error="",
        )
    )


def drop(messages):
    """Give up what is not sent yet, and forget what is secret; return how many."""
    given_up = messages.filter(state__in=[State.WAITING, State.TO_CHECK, State.FAILED])
    with transaction.atomic():
        given_up.filter(secret=True).update(text="", html="")
        return given_up.update(state=State.DROPPED)
