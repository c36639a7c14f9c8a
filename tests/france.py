"""The real country, and the real label on it, for the tests that need every commune."""

from contextlib import contextmanager
from io import StringIO

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from geography.loading import read, store


@contextmanager
def loaded(*, label=False):
    """Loaded once for the tests of a module: each rolls back to that point."""
    with transaction.atomic():
        store(read(settings.DATA_DIR), lambda done: None)
        if label:
            call_command("load_label", stdout=StringIO())
        yield
        transaction.set_rollback(True)
