"""The history of our models: a row of it says why, whatever door wrote it.

Why is said of one row (``row._change_reason``), or once for all that is written meanwhile, what is
deleted in cascade included.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from django.utils.text import Truncator
from simple_history import models

LONGEST_REASON = 100  # characters that a row of history keeps of it

said: ContextVar[str] = ContextVar("said", default="")


@contextmanager
def because(why):
    """Whatever is written meanwhile, and says nothing else, was written because of that."""
    token = said.set(Truncator(why or "").chars(LONGEST_REASON))
    try:
        yield
    finally:
        said.reset(token)


class HistoricalRecords(models.HistoricalRecords):
    def get_change_reason_for_object(self, instance, history_type, using):
        own = super().get_change_reason_for_object(instance, history_type, using)
        return Truncator(own or said.get()).chars(LONGEST_REASON) or None
