import re
from dataclasses import astuple
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template.loader import render_to_string

from challenges.charts import (
    NoChart,
    Row,
    Step,
    Steps,
    chart_of,
    nice_ticks,
    px,
    reading_rows,
    short_number,
)
from challenges.models import Milestone, Objective, Reading

AT = date(2022, 6, 15)


def objective(kind="count", **fields):
    defaults = {
        "count": {"target": Decimal(25), "unit": "personnes"},
        "rate": {"target": Decimal(1), "unit": "maison"},
        "zero": {"target": Decimal(0), "unit": "sans toit"},
        "qualitative": {},
    }[kind]
    return Objective(pk=7, kind=kind, **defaults | fields)


def reading(on, value, **fields):
    return Reading(on=on, value=Decimal(str(value)), **fields)


def yearly(*values, first=2019):
    return [reading(date(first + rank, 6, 30), value) for rank, value in enumerate(values)]


def words(drawing, css):
    return [text.text for text in drawing.texts if css in text.css.split()]


DUE_2021 = {"due_on": date(2021, 12, 31), "due_precision": "year"}


def test_every_coordinate_is_a_string_with_a_dot():
    chart = chart_of(objective(**DUE_2021), yearly(3, "8.25", 19), at=AT)
    for drawing in chart.drawings:
        shapes = [*drawing.lines, *drawing.bars, *drawing.dots, *drawing.texts]
        assert {type(value) for shape in shapes for value in astuple(shape)} <= {str, bool}
        svg = render_to_string("components/chart_drawing.html", {"chart": chart})
        places = re.findall(r' (?:x|y|x1|x2|y1|y2|cx|cy|width|height)="([^"]*)"', svg)
        assert [place for place in places if not re.fullmatch(r"-?\d+(\.\d)?", place)] == []


@pytest.mark.parametrize(("value", "expected"), [(1.04, "1"), (-0.01, "0"), (639.96, "640")])
def test_coordinates_are_short(value, expected):
    assert px(value) == expected


def test_each_figure_is_drawn_wide_and_narrow_with_its_own_names():
    chart = chart_of(objective(**DUE_2021), yearly(3, 8, 19), at=AT)
    assert [(drawing.name, drawing.key) for drawing in chart.drawings] == [
        ("wide", "7-wide"),
        ("narrow", "7-narrow"),
    ]
    assert [drawing.view_box for drawing in chart.drawings] == ["0 0 640 282", "0 0 320 282"]


def test_line_writes_the_value_on_each_point():
    wide = chart_of(objective(**DUE_2021), yearly(3, 8, 19), at=AT).drawings[0]
    assert sorted(words(wide, "chart__value")) == ["19", "3", "8"]
    assert words(wide, "chart__value--last") == ["19"]
    assert len(wide.dots) == 3
    assert wide.curve.count("L") == 2


def test_line_names_the_target_and_its_date():
    wide = chart_of(objective(**DUE_2021), yearly(3, 8, 19), at=AT).drawings[0]
    assert words(wide, "chart__target-text") == ["Cible", "25"]
    assert words(wide, "chart__note") == ["Échéance\u00a0: 2021"]
    assert words(wide, "chart__year") == ["2019", "2020", "2021"]
    assert words(wide, "chart__scale") == ["0", "5", "10", "15", "20", "25"]
    (target,) = [line for line in wide.lines if line.css == "chart__target"]
    (due,) = [line for line in wide.lines if line.css == "chart__due"]
    assert target.y1 == target.y2
    assert due.x1 == due.x2


def test_the_due_date_stands_at_the_end_of_its_last_day():
    wide = chart_of(objective(**DUE_2021), yearly(3, 8), at=AT).drawings[0]
    (due,) = [line for line in wide.lines if line.css == "chart__due"]
    (target,) = [line for line in wide.lines if line.css == "chart__target"]
    day = (float(target.x2) - float(target.x1)) / 1096  # three years, one of them leap
    assert float(due.x1) == pytest.approx(float(target.x2) - day, abs=0.1)


def test_a_dated_baseline_is_a_hollow_point_on_the_line():
    promised = objective(baseline=Decimal(5), baseline_on=date(2018, 12, 31), **DUE_2021)
    wide = chart_of(promised, yearly(8, 19), at=AT).drawings[0]
    assert [dot.css for dot in wide.dots] == [
        "chart__dot chart__dot--start",
        "chart__dot",
        "chart__dot",
    ]
    assert "5" in words(wide, "chart__value")


def test_the_steady_way_is_dashed_only_when_known():
    def dashed(**fields):
        wide = chart_of(objective(**fields), yearly(8, 19), at=AT).drawings[0]
        return [line.css for line in wide.lines].count("chart__path")

    assert dashed(**DUE_2021) == 1
    assert dashed() == 0


def test_the_steady_way_is_told_with_the_value_of_today():
    promised = objective(
        target=Decimal(110),
        baseline=Decimal(10),
        baseline_on=date(2021, 1, 1),
        due_on=date(2021, 4, 11),
        due_precision="day",
    )
    known = [reading(date(2021, 1, 31), 15)]
    assert chart_of(promised, known, at=date(2021, 2, 20)).note == (
        "En pointillé, une progression régulière jusqu’à l’échéance\u202f; "
        "le 20 février 2021, elle en serait à 60."
    )
    assert chart_of(promised, known, at=AT).note == (
        "En pointillé, une progression régulière jusqu’à l’échéance."
    )
    assert chart_of(objective(), known, at=AT).note == ""


def test_past_ten_points_only_the_first_the_last_and_the_highest_are_written():
    known = [
        reading(date(2021, month, 1), {1: 1, 7: 24, 12: 12}.get(month, 5)) for month in range(1, 13)
    ]
    wide = chart_of(objective(), known, at=AT).drawings[0]
    assert words(wide, "chart__value") == ["12", "1", "24"]
    assert len(wide.dots) == 12


def test_values_that_would_overlap_are_left_out_but_the_last():
    known = [reading(date(2021, 3, day), 20) for day in (1, 2, 3, 4, 5)]
    wide = chart_of(objective(), known, at=AT).drawings[0]
    assert words(wide, "chart__value") == ["20", "20"]
    assert words(wide, "chart__value--last") == ["20"]


def test_one_reading_is_a_point_among_the_months_of_its_year():
    wide = chart_of(objective(), [reading(date(2020, 2, 29), 10)], at=AT).drawings[0]
    assert len(wide.dots) == 1
    assert "L" not in wide.curve
    assert words(wide, "chart__year") == ["janv.", "avril", "juil.", "oct.", "2020"]


@pytest.mark.parametrize(
    ("fields", "known"),
    [
        ({"target": Decimal(0)}, yearly(0)),
        ({"target": Decimal(-5)}, yearly(-3, 4)),
        ({"target": Decimal("999999999999.99")}, yearly(1, "999999999999.99")),
        ({"target": Decimal("0.01")}, yearly("0.01")),
        ({"due_on": date(9999, 12, 31), "due_precision": "year"}, yearly(3, first=1)),
        ({"baseline": Decimal(25), "baseline_on": date(2019, 1, 1)} | DUE_2021, yearly(25)),
    ],
    ids=["all zero", "negative", "huge", "tiny", "ten thousand years", "no way to go"],
)
def test_extremes_stay_inside_the_drawing(fields, known):
    for drawing in chart_of(objective(**fields), known, at=AT).drawings:
        width = float(drawing.view_box.split()[2])
        for dot in drawing.dots:
            assert 0 <= float(dot.x) <= width
            assert 0 <= float(dot.y) <= 300
        assert len(drawing.lines) < 40


def test_line_in_words():
    promised = objective(baseline=Decimal(0), baseline_on=date(2019, 1, 1), **DUE_2021)
    assert chart_of(promised, yearly(3, 19), at=AT).description == (
        "Valeur de départ\u00a0: 0 au 1er janvier 2019. "
        "Relevés\u00a0: 3 au 30 juin 2019, 19 au 30 juin 2020. "
        "Cible\u00a0: 25 personnes d’ici 2021."
    )


def test_one_reading_in_words():
    promised = objective(due_on=date(2023, 3, 1), due_precision="day")
    assert chart_of(promised, yearly(3), at=AT).description == (
        "Relevé\u00a0: 3 au 30 juin 2019. Cible\u00a0: 25 personnes d’ici le 1er mars 2023."
    )


def test_many_readings_in_words_are_summed_up():
    known = yearly(*range(1, 12), first=2010)
    assert chart_of(objective(), known, at=AT).description == (
        "Relevés\u00a0: 11 relevés, 1 au 30 juin 2010, 11 au 30 juin 2020, "
        "au plus haut 11 au 30 juin 2020. Cible\u00a0: 25 personnes."
    )


def test_columns_name_the_gaps_and_hatch_the_current_year():
    known = [reading(date(2019, 5, 1), 2), reading(date(2021, 5, 1), 0)]
    wide = chart_of(objective("rate"), [*known, reading(AT, 1)], at=AT).drawings[0]
    assert [bar.hatched for bar in wide.bars] == [False, False, True]
    assert words(wide, "chart__year") == ["2019", "2020", "2021", "2022"]
    assert words(wide, "chart__value") == ["2", "0", "1"]
    assert words(wide, "chart__note") == ["non mesuré", "en cours"]
    assert words(wide, "chart__target-text") == ["Visé", "1", "par an"]


def test_columns_in_words():
    known = [reading(date(2019, 5, 1), 2), reading(date(2021, 5, 1), 0)]
    assert chart_of(objective("rate"), known, at=AT).description == (
        "2019\u00a0: 2, 2020\u00a0: non mesuré, 2021\u00a0: 0, 2022, en cours\u00a0: non mesuré. "
        "Rythme visé\u00a0: 1 maison par an."
    )


def test_columns_stop_at_the_due_date():
    known = yearly(1)
    wide = chart_of(objective("rate", **DUE_2021), known, at=date(2025, 6, 1)).drawings[0]
    assert words(wide, "chart__year") == ["2019", "2020", "2021"]


def test_too_many_years_keep_the_latest_and_say_so():
    chart = chart_of(objective("rate"), yearly(*range(1, 14), first=2010), at=AT)
    wide, narrow = chart.drawings
    assert words(wide, "chart__year") == [str(year) for year in range(2011, 2023)]
    assert (wide.note, narrow.note) == ("Les 12 dernières années", "Les 5 dernières années")
    assert chart.description.startswith("2010\u00a0: 1, 2011\u00a0: 2,")


def test_what_is_dated_later_is_not_drawn():
    chart = chart_of(objective(), [*yearly(3), reading(date(2023, 1, 1), 19)], at=AT)
    assert len(chart.drawings[0].dots) == 1


def test_fictional_readings_mark_the_figure():
    known = [*yearly(3), reading(date(2020, 1, 1), 8, demonstration_id=1)]
    assert chart_of(objective(), known, at=AT).fictional is True
    assert chart_of(objective(), known[:1], at=AT).fictional is False


def test_milestones_are_a_list_in_words():
    steps = [
        Milestone(wording="Trouver le lieu", reached_on=date(2020, 3, 1)),
        Milestone(wording="Signer le bail", reached_on=date(2022, 6, 16)),
        Milestone(wording="Ouvrir"),
    ]
    assert chart_of(objective("qualitative"), [], steps, at=AT) == Steps(
        "7",
        (
            Step("Trouver le lieu", "Franchie le 1er mars 2020", True),
            Step("Signer le bail", "À franchir", False),
            Step("Ouvrir", "À franchir", False),
        ),
    )


@pytest.mark.parametrize("kind", ["count", "rate", "zero", "qualitative"])
def test_nothing_measured_draws_nothing(kind):
    assert chart_of(objective(kind), [], at=AT) == NoChart("7", kind)


@pytest.mark.parametrize(
    ("low", "high", "whole", "expected"),
    [
        (0, 25, True, [0, 5, 10, 15, 20, 25]),
        (0, 1, True, [0, 1]),
        (0, 2, True, [0, 1, 2]),
        (0, 34969, True, [0, 10000, 20000, 30000, 40000]),
        (-3, 4, True, [-4, -2, 0, 2, 4]),
        (0, 0, True, [0, 1]),
        (0, "0.5", False, ["0", "0.1", "0.2", "0.3", "0.4", "0.5"]),
        (0, "0.01", False, ["0", "0.01"]),
    ],
)
def test_ticks_are_round_and_few(low, high, whole, expected):
    ticks = nice_ticks(Decimal(low), Decimal(high), whole)
    assert ticks == [Decimal(value) for value in expected]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5_000_000, "5\u202f000\u202f000"),
        (20_000_000, "20\u00a0M"),
        (5_000_000_000, "5\u00a0Md"),
        (-20_000_000, "−20\u00a0M"),
    ],
)
def test_large_numbers_are_short_on_the_axis(value, expected):
    assert short_number(Decimal(value)) == expected


def test_rows_are_latest_first_and_say_their_state():
    entered = datetime(2020, 3, 2, 23, 30, tzinfo=UTC)  # the next day in Paris
    common = {"source": "Comptage", "created_at": entered}
    known = [
        reading(date(2019, 6, 30), 1234, pk=1, state="validated", **common),
        reading(date(2020, 3, 1), 9, pk=2, comment="À confirmer", demonstration_id=4, **common),
        reading(date(2020, 3, 1), 8, pk=3, supersedes_id=2, **common),
        reading(date(2020, 3, 1), 7, pk=4, state="rejected", supersedes_id=1, **common),
    ]
    declared = "Déclaré le 3 mars 2020 par le territoire"
    assert reading_rows(known) == (
        Row("1er mars 2020", "8", "Comptage", "", declared, False, False),
        Row("1er mars 2020", "9", "Comptage", "À confirmer", declared, True, True),
        Row("30 juin 2019", "1\u202f234", "Comptage", "", "Validé", False, False),
    )
