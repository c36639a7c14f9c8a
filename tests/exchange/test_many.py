"""Thousands of readings at once: how many queries, and that none is left without its trace."""

from datetime import date, timedelta

from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from challenges.exchange import ReadingSheet
from challenges.models import Reading
from territories.exchange import files
from tests import factories

HEADINGS = ["Défi (adresse)", "Objectif (rang)", "Date de la mesure", "Valeur", "Source"]


def table(count, slug):
    first = date(1950, 1, 1)
    rows = [[slug, 1, first + timedelta(days=n), n, "Enquête"] for n in range(count)]
    return files.read(files.written("csv", HEADINGS, rows))


def test_queries_follow_batches_not_rows(db):
    """Asked of the database a batch at a time: 10,000 rows take seconds, not minutes."""
    by, counts = factories.user(), []
    for slug, count in [("un", 100), ("deux", 400)]:
        factories.objective(challenge=factories.challenge(slug=slug))
        with CaptureQueriesContext(connection) as captured:
            assert ReadingSheet(by, "a.csv").carry_out(table(count, slug)).is_written
        counts.append(len(captured))
    assert Reading.objects.count() == 500
    assert Reading.history.filter(history_user=by).count() == 500
    assert LogEntry.objects.filter(user=by).count() == 500
    assert counts[1] - counts[0] < 20
