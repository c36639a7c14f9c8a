"""How recent the news is, in Python and in SQL, to the exact day."""

from datetime import date, timedelta

import pytest
from django.db.models import DateField, Value
from django.utils import timezone

from territories.freshness import Freshness, latest_of, level_of
from territories.models import Territory
from tests import factories

AT = date(2020, 7, 31)
THRESHOLDS = [(0, "fresh"), (120, "fresh"), (121, "stale"), (180, "stale"), (181, "silent")]


@pytest.mark.parametrize(("days", "level"), THRESHOLDS)
def test_the_level_on_each_side_of_the_thresholds(days, level):
    last = AT - timedelta(days=days)

    assert Freshness.since(last, AT).level == level
    assert Freshness.since(last, AT).last == last


def test_never_heard_of():
    assert Freshness.since(None) == Freshness("never", None, None)
    assert Freshness.since(None).label == "Pas encore de nouvelles"


@pytest.mark.parametrize(
    ("last", "at", "months"),
    [
        (date(2020, 7, 31), date(2020, 7, 31), 0),
        (date(2020, 1, 31), date(2020, 7, 30), 5),
        (date(2020, 1, 31), date(2020, 7, 31), 6),
        (date(2019, 12, 1), date(2020, 1, 1), 1),
        (date(2018, 7, 31), date(2020, 7, 31), 24),
    ],
)
def test_months_are_whole(last, at, months):
    assert Freshness.since(last, at).months == months


def test_only_silence_says_how_long():
    assert Freshness.since(AT, AT).label == "À jour"
    assert Freshness.since(date(2020, 3, 31), AT).label == "À rafraîchir"
    assert Freshness.since(date(2019, 7, 31), AT).label == "Silencieux depuis 12 mois"


def test_the_day_is_today_by_default():
    assert Freshness.since(timezone.localdate() - timedelta(days=120)).level == "fresh"
    assert Freshness.since(timezone.localdate() - timedelta(days=121)).level == "stale"


def test_the_level_of_a_date_as_sql_gives_it():
    assert level_of(timezone.localdate().isoformat()) == "fresh"
    assert level_of("2019-01-01") == "silent"
    assert level_of(None) == level_of("") == "never"


def test_the_later_of_two_dates(db):
    factories.territory()

    def latest(first, second):
        dates = [Value(day, output_field=DateField()) for day in (first, second)]
        return Territory.objects.annotate(found=latest_of(*dates)).get().found

    assert latest(date(2020, 1, 1), date(2020, 2, 1)) == date(2020, 2, 1)
    assert latest(date(2020, 2, 1), date(2020, 1, 1)) == date(2020, 2, 1)
    assert latest(date(2020, 1, 1), None) == date(2020, 1, 1)
    assert latest(None, date(2020, 1, 1)) == date(2020, 1, 1)
    assert latest(None, None) is None
