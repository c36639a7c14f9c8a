from datetime import date
from decimal import Decimal

import pytest

from challenges.models import Milestone, Objective, Reading
from challenges.progress import (
    Path,
    attach_progress,
    by_year,
    counted,
    long_date,
    missing_years,
    number,
    path_of,
    progress_of,
    with_unit,
)
from tests import factories

AT = date(2022, 6, 15)


def objective(kind="count", **fields):
    defaults = {
        "count": {"target": Decimal(25), "unit": "personnes ayant une RQTH"},
        "rate": {"target": Decimal(1), "unit": "Maison des Parcours"},
        "zero": {"target": Decimal(0), "unit": "sans toit"},
        "qualitative": {},
    }[kind]
    return Objective(kind=kind, **defaults | fields)


def readings(*values):
    """Readings of (date, value), or of values a year apart from 2019 on."""
    pairs = [
        value if isinstance(value, tuple) else (date(2019 + rank, 6, 30), value)
        for rank, value in enumerate(values)
    ]
    return [Reading(on=on, value=Decimal(str(value))) for on, value in pairs]


def due(year, month=12, day=31):
    return {"due_on": date(year, month, day), "due_precision": "day"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (7, "7"),
        (100, "100"),
        (34969, "34\u202f969"),
        (Decimal("1000.00"), "1\u202f000"),
        (Decimal("12.50"), "12,5"),
        (Decimal("0.05"), "0,05"),
        (Decimal("-3.00"), "−3"),
        (Decimal("-0.00"), "0"),
        (Decimal("-0.001"), "0"),
        (Decimal("999999999999.99"), "999\u202f999\u202f999\u202f999,99"),
    ],
)
def test_numbers_are_written_in_french(value, expected):
    assert number(value) == expected


@pytest.mark.parametrize(
    ("n", "expected"),
    [(0, "0 étape"), (1, "1 étape"), (2, "2 étapes"), (1200, "1\u202f200 étapes")],
)
def test_plural_starts_at_two(n, expected):
    assert counted(n, "étape") == expected


def test_a_unit_is_never_inflected():
    assert with_unit("2", "Maison des Parcours") == "2 Maison des Parcours"
    assert with_unit("2", "") == "2"


def test_the_first_of_the_month_is_an_ordinal():
    assert long_date(date(2020, 3, 1)) == "1er mars 2020"
    assert long_date(date(2019, 2, 25)) == "25 février 2019"
    assert long_date(date(2020, 12, 31)) == "31 décembre 2020"


@pytest.mark.parametrize("kind", ["count", "rate", "zero"])
def test_without_reading_nothing_is_computed(kind):
    progress = progress_of(objective(kind), [], at=AT)
    assert (progress.ratio, progress.percent, progress.latest) == (None, None, None)
    assert (progress.headline, progress.reason) == ("Pas encore mesuré", "Pas encore mesuré")
    assert (progress.reached, progress.overdue, progress.share) == (False, False, "")
    assert progress.measured_on == ""


@pytest.mark.parametrize(
    ("fields", "value", "ratio", "headline", "reached"),
    [
        ({}, 19, 0.76, "19 sur 25 personnes ayant une RQTH", False),
        ({}, 25, 1, "25 sur 25 personnes ayant une RQTH", True),
        ({}, 30, 1, "30 sur 25 personnes ayant une RQTH", True),
        ({}, 0, 0, "0 sur 25 personnes ayant une RQTH", False),
        ({}, -3, 0, "−3 sur 25 personnes ayant une RQTH", False),
        ({"unit": ""}, 19, 0.76, "19 sur 25", False),
        ({"unit": "", "baseline": 10}, 19, 0.6, "19 sur 25, contre 10 au départ", False),
        ({"unit": "", "baseline": 10}, 5, 0, "5 sur 25, contre 10 au départ", False),
        (
            {"unit": "tonnes", "baseline": 300, "target": Decimal("120.5")},
            Decimal("210.25"),
            0.5,
            "210,25 tonnes, contre 300 au départ, pour une cible de 120,5",
            False,
        ),
        (
            {"unit": "tonnes", "baseline": 300, "target": 100},
            90,
            1,
            "90 tonnes, contre 300 au départ, pour une cible de 100",
            True,
        ),
        (
            {"unit": "habitants", "target": 10**12},
            250_000_000_000,
            0.25,
            "250\u202f000\u202f000\u202f000 sur 1\u202f000\u202f000\u202f000\u202f000 habitants",
            False,
        ),
    ],
)
def test_count(fields, value, ratio, headline, reached):
    progress = progress_of(objective(**fields), readings(value), at=AT)
    assert progress.ratio == pytest.approx(ratio)
    assert (progress.headline, progress.reached) == (headline, reached)
    assert (progress.reason, progress.under_way) == ("", "")


@pytest.mark.parametrize(
    ("fields", "value", "reason", "reached"),
    [
        ({"baseline": 25}, 25, "La valeur de départ est égale à la cible", True),
        ({"baseline": 25}, 24, "La valeur de départ est égale à la cible", False),
        ({"target": 0}, 12, "Valeur de départ inconnue", False),
        ({"target": 0}, 0, "Valeur de départ inconnue", True),
    ],
)
def test_count_without_way_to_go_is_not_computed(fields, value, reason, reached):
    progress = progress_of(objective(**fields), readings(value), at=AT)
    assert (progress.ratio, progress.reason, progress.reached) == (None, reason, reached)


def test_the_latest_reading_is_the_one_that_counts():
    known = readings(3, 19, 14)
    progress = progress_of(objective(), known, at=AT)
    assert progress.latest is known[-1]
    assert progress.headline == "14 sur 25 personnes ayant une RQTH"
    assert progress.measured_on == "30 juin 2021"


def test_what_is_dated_later_is_ignored():
    progress = progress_of(objective(), readings(3, 19, 25), at=date(2020, 12, 31))
    assert progress.headline == "19 sur 25 personnes ayant une RQTH"


@pytest.mark.parametrize(
    ("value", "percent", "share"),
    [
        (Decimal("7.25"), 29, "29\u00a0% du chemin"),
        (Decimal("24.99"), 99, "99\u00a0% du chemin"),
        (25, 100, "100\u00a0% du chemin"),
        (0, 0, "0\u00a0% du chemin"),
    ],
)
def test_percents_are_rounded_down(value, percent, share):
    progress = progress_of(objective(), readings(value), at=AT)
    assert (progress.percent, progress.share) == (percent, share)


def test_nearly_all_of_a_huge_target_is_not_all():
    progress = progress_of(objective(target=10**12), readings(10**12 - 1), at=AT)
    assert (progress.percent, progress.reached) == (99, False)


@pytest.mark.parametrize(
    ("fields", "value", "ratio", "headline", "reason", "reached"),
    [
        (
            {"baseline": 40},
            12,
            0.7,
            "Il reste 12 sans toit, contre 40 au départ",
            "",
            False,
        ),
        ({"baseline": 40}, 50, 0, "Il reste 50 sans toit, contre 40 au départ", "", False),
        (
            {"baseline": 40},
            0,
            1,
            "Objectif atteint\u00a0: 0 sans toit, contre 40 au départ",
            "",
            True,
        ),
        ({}, 12, None, "Il reste 12 sans toit", "Valeur de départ inconnue", False),
        ({}, 0, None, "Objectif atteint\u00a0: 0 sans toit", "Valeur de départ inconnue", True),
        (
            {"baseline": 0},
            3,
            None,
            "Il reste 3 sans toit, contre 0 au départ",
            "La valeur de départ est égale à la cible",
            False,
        ),
    ],
)
def test_zero(fields, value, ratio, headline, reason, reached):
    progress = progress_of(objective("zero", **fields), readings(value), at=AT)
    assert progress.ratio == (None if ratio is None else pytest.approx(ratio))
    assert (progress.headline, progress.reason) == (headline, reason)
    assert progress.reached == reached


@pytest.mark.parametrize(
    ("known", "ratio", "headline", "reached"),
    [
        (readings(1, 0, 2), 2 / 3, "2 années sur 3 au rythme visé", False),
        (readings(1, 1, 2), 1, "3 années sur 3 au rythme visé", True),
        (
            readings((date(2021, 1, 1), 1)),
            1,
            "1 année sur 1 au rythme visé",
            True,
        ),
        (
            readings((date(2021, 12, 31), 0)),
            0,
            "0 année sur 1 au rythme visé",
            False,
        ),
        (
            readings((date(2019, 6, 1), 1), (date(2021, 6, 1), 1)),
            1,
            "2 années sur 2 au rythme visé, 1 année non mesurée",
            False,
        ),
        (
            readings((date(2018, 6, 1), 1)),
            1,
            "1 année sur 1 au rythme visé, 3 années non mesurées",
            False,
        ),
    ],
)
def test_rate(known, ratio, headline, reached):
    progress = progress_of(objective("rate"), known, at=AT)
    assert progress.ratio == pytest.approx(ratio)
    assert (progress.headline, progress.reached) == (headline, reached)
    assert progress.under_way == "2022, année en cours\u00a0: pas encore mesurée"


def test_rate_says_what_its_share_is_of():
    progress = progress_of(objective("rate"), readings(1, 0, 2), at=AT)
    assert progress.share == "66\u00a0% des années mesurées"


def test_the_latest_of_a_year_counts_for_it():
    known = readings((date(2021, 2, 1), 3), (date(2021, 11, 1), 0))
    assert by_year(known) == {2021: known[1]}
    assert progress_of(objective("rate"), known, at=AT).ratio == 0


def test_the_current_year_stands_apart():
    known = readings((date(2021, 2, 1), 1), (date(2022, 3, 1), 0))
    progress = progress_of(objective("rate"), known, at=AT)
    assert (progress.ratio, progress.headline) == (1, "1 année sur 1 au rythme visé")
    assert progress.under_way == "2022, année en cours\u00a0: 0 sur 1 Maison des Parcours"


def test_a_rate_with_the_current_year_only_is_not_computed():
    progress = progress_of(objective("rate"), readings((date(2022, 3, 1), 1)), at=AT)
    assert (progress.ratio, progress.reason) == (None, "Aucune année complète mesurée")
    assert progress.under_way == "2022, année en cours\u00a0: 1 sur 1 Maison des Parcours"
    assert progress.reached is False


def test_years_after_the_due_date_are_not_missing():
    promised = objective("rate", **due(2020))
    known = readings(1, 1)
    assert missing_years(promised, by_year(known), AT) == []
    progress = progress_of(promised, known, at=AT)
    assert (progress.headline, progress.reached) == ("2 années sur 2 au rythme visé", True)
    assert (progress.under_way, progress.overdue) == ("", False)


@pytest.mark.parametrize(
    ("dates", "ratio", "headline", "share", "reached"),
    [
        ([None, None], 0, "0 étape sur 2 franchie", "0\u00a0% des étapes", False),
        (
            [date(2020, 1, 1), None, None],
            1 / 3,
            "1 étape sur 3 franchie",
            "33\u00a0% des étapes",
            False,
        ),
        (
            [date(2020, 1, 1), date(2022, 6, 15), date(2022, 6, 16)],
            2 / 3,
            "2 étapes sur 3 franchies",
            "66\u00a0% des étapes",
            False,
        ),
        ([date(2020, 1, 1)], 1, "1 étape sur 1 franchie", "100\u00a0% des étapes", True),
    ],
)
def test_qualitative(dates, ratio, headline, share, reached):
    steps = [Milestone(wording="Étape", reached_on=day) for day in dates]
    progress = progress_of(objective("qualitative"), [], steps, at=AT)
    assert progress.ratio == pytest.approx(ratio)
    assert (progress.headline, progress.share) == (headline, share)
    assert progress.reached == reached


def test_qualitative_without_milestone_is_not_computed():
    progress = progress_of(objective("qualitative"), [], at=AT)
    assert (progress.ratio, progress.headline) == (None, "Aucune étape définie")
    assert progress.reason == "Aucune étape définie"


@pytest.mark.parametrize(
    ("at", "value", "overdue"),
    [
        (date(2021, 12, 31), 19, False),
        (date(2022, 1, 1), 19, True),
        (date(2022, 1, 1), 25, False),
        (date(2020, 1, 1), 19, False),
    ],
)
def test_overdue_the_day_after_unless_reached(at, value, overdue):
    promised = objective(**due(2021))
    assert progress_of(promised, readings(value), at=at).overdue is overdue


def test_never_measured_and_past_the_due_date_is_overdue():
    assert progress_of(objective(**due(2021)), [], at=AT).overdue is True


def test_the_steady_way_counts_the_days_of_leap_years():
    path = Path(date(2020, 1, 1), Decimal(0), date(2021, 1, 1), Decimal(366))
    assert path.value_on(date(2020, 2, 29)) == 59
    assert path.value_on(date(2020, 3, 1)) == 60
    assert path.value_on(date(2019, 1, 1)) == 0
    assert path.value_on(date(2030, 1, 1)) == 366


def test_expected_starts_from_the_dated_baseline():
    promised = objective(
        target=Decimal(110), baseline=Decimal(10), baseline_on=date(2021, 1, 1), **due(2021, 4, 11)
    )
    assert (
        progress_of(promised, readings((date(2021, 1, 31), 15)), at=date(2021, 2, 20)).expected
        == 60
    )
    assert progress_of(promised, [], at=date(2021, 2, 20)).expected == 60


def test_expected_starts_from_the_first_reading_without_dated_baseline():
    promised = objective(target=Decimal(110), **due(2021, 4, 11))
    known = readings((date(2021, 1, 1), 10), (date(2021, 1, 31), 15))
    assert path_of(promised, known) == Path(
        date(2021, 1, 1), Decimal(10), date(2021, 4, 11), Decimal(110)
    )
    assert progress_of(promised, known, at=date(2021, 1, 5)).expected == 14


def test_the_steady_way_goes_down_too():
    promised = objective(
        "zero", baseline=Decimal(40), baseline_on=date(2021, 1, 1), **due(2021, 1, 11)
    )
    assert progress_of(promised, [], at=date(2021, 1, 6)).expected == 20


@pytest.mark.parametrize(
    ("promised", "known"),
    [
        (objective(), readings(10)),
        (objective(**due(2021)), []),
        (objective(**due(2021)), readings(25)),
        (objective(**due(2021)), readings((date(2021, 12, 31), 10))),
        (objective(baseline=25, baseline_on=date(2020, 1, 1), **due(2021)), readings(10)),
        (objective("zero", **due(2021)), readings(0)),
        (objective("rate", **due(2021)), readings(1)),
    ],
    ids=["no due date", "no start", "arrived", "too late", "no way", "zero arrived", "rate"],
)
def test_without_way_to_go_nothing_is_expected(promised, known):
    assert path_of(promised, known) is None
    assert progress_of(promised, known, at=AT).expected is None


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_attach_progress_asks_once_whatever_the_number(count, django_assert_num_queries):
    objectives = [factories.objective() for _ in range(count)]
    for promised in objectives:
        factories.reading(objective=promised, value=19)
        factories.reading(objective=promised, value=25, state="rejected")
    with django_assert_num_queries(1):
        attach_progress(objectives)
    assert [promised.progress.headline for promised in objectives] == [
        "19 sur 25 personnes"
    ] * count


@pytest.mark.django_db
def test_attach_progress_counts_milestones():
    promised = factories.objective(kind="qualitative")
    promised.milestones.create(position=1, wording="Trouver", reached_on=date(2020, 1, 1))
    promised.milestones.create(position=2, wording="Ouvrir")
    assert attach_progress([promised])[0].progress.headline == "1 étape sur 2 franchie"


def test_attach_progress_of_nothing_asks_nothing():
    assert attach_progress([]) == []
