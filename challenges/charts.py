"""The drawing of an objective's readings, ready to print: templates compute nothing.

Coordinates are strings, since Django would write 1.5 as « 1,5 » inside SVG attributes. Each
chart is drawn twice, wide and narrow, so that its text keeps its size on a phone; the style
sheet shows one of them.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil, floor
from typing import ClassVar

from django.utils import timezone

from challenges.models.objective import Objective, Reading
from challenges.progress import (
    agreed,
    by_year,
    long_date,
    missing_years,
    number,
    path_of,
    with_unit,
)

HEIGHT = 300
CHARACTER = 7.8  # mean width of a character at the size of the style sheet, 14 units
TOP, BOTTOM = 46, 44  # room for the due date above, for the years below
POINTS_LABELLED = 10
YEAR_WIDTH = 44
QUARTERS = {1: "janv.", 4: "avril", 7: "juil.", 10: "oct."}
LAYOUTS = (
    {"name": "wide", "width": 640, "years": 12},
    {"name": "narrow", "width": 320, "years": 5},
)


@dataclass(frozen=True)
class Line:
    css: str
    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True)
class Bar:
    css: str
    x: str
    y: str
    width: str
    height: str
    hatched: bool = False


@dataclass(frozen=True)
class Dot:
    css: str
    x: str
    y: str


@dataclass(frozen=True)
class Text:
    css: str
    x: str
    y: str
    anchor: str
    text: str
    transform: str = ""


@dataclass(frozen=True)
class Drawing:
    """One SVG: shapes in the order they are laid down."""

    key: str
    name: str
    view_box: str
    note: str
    lines: tuple[Line, ...]
    bars: tuple[Bar, ...]
    curve: str
    dots: tuple[Dot, ...]
    texts: tuple[Text, ...]


@dataclass(frozen=True)
class Chart:
    """A figure: what it shows, the same in words, its drawings."""

    template: ClassVar[str] = "components/chart_drawing.html"
    key: str
    caption: str
    description: str
    note: str
    drawings: tuple[Drawing, ...]
    fictional: bool = False


@dataclass(frozen=True)
class Step:
    wording: str
    state: str
    reached: bool


@dataclass(frozen=True)
class Steps:
    """The milestones of a qualitative objective, in order."""

    template: ClassVar[str] = "components/chart_milestones.html"
    key: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class NoChart:
    """Nothing to draw yet; the template says what is missing and who can fill it."""

    template: ClassVar[str] = "components/chart_empty.html"
    key: str
    kind: str


@dataclass(frozen=True)
class Row:
    """A reading as its table shows it."""

    on: str
    value: str
    source: str
    comment: str
    state: str
    corrected: bool
    fictional: bool


def chart_of(objective, readings, milestones=(), at=None) -> Chart | Steps | NoChart:
    """The chart of an objective on a day, today by default.

    ``readings`` are the standing ones, oldest first; what is dated after ``at`` is ignored.
    Queries nothing.
    """
    at = at or timezone.localdate()
    key = str(objective.pk)
    if objective.kind == Objective.Kind.QUALITATIVE:
        steps = tuple(step_of(milestone, at) for milestone in milestones)
        return Steps(key, steps) if steps else NoChart(key, objective.kind)
    known = [reading for reading in readings if reading.on <= at]
    if not known:
        return NoChart(key, objective.kind)
    draw = draw_columns if objective.kind == Objective.Kind.RATE else draw_line
    describe = describe_columns if objective.kind == Objective.Kind.RATE else describe_line
    return Chart(
        key=key,
        caption=caption_of(objective),
        description=describe(objective, known, at),
        note=path_note(path_of(objective, known), at),
        drawings=tuple(draw(objective, known, at, layout) for layout in LAYOUTS),
        fictional=any(reading.demonstration_id for reading in known),
    )


def step_of(milestone, at) -> Step:
    reached = bool(milestone.reached_on and milestone.reached_on <= at)
    state = f"Franchie le {long_date(milestone.reached_on)}" if reached else "À franchir"
    return Step(milestone.wording, state, reached)


def reading_rows(readings) -> tuple[Row, ...]:
    """The rows of the table, latest first: rejected readings left out, corrected ones marked."""
    shown = [reading for reading in readings if reading.state != Reading.State.REJECTED]
    corrected = {reading.supersedes_id for reading in shown}
    return tuple(
        Row(
            on=long_date(reading.on),
            value=number(reading.value),
            source=reading.source,
            comment=reading.comment,
            state=state_of(reading),
            corrected=reading.pk in corrected,
            fictional=bool(reading.demonstration_id),
        )
        for reading in sorted(shown, key=lambda reading: (reading.on, reading.pk), reverse=True)
    )


def state_of(reading) -> str:
    if reading.state == Reading.State.VALIDATED:
        return "Validé"
    return f"Déclaré le {long_date(timezone.localdate(reading.created_at))} par le territoire"


def caption_of(objective) -> str:
    by_year = objective.kind == Objective.Kind.RATE
    caption = "Relevés par année" if by_year else "Relevés"
    return f"{caption}, unité\u00a0: {objective.unit}" if objective.unit else caption


def due_words(objective) -> str:
    if not objective.due_on:
        return ""
    article = "le " if objective.due_precision == Objective.Precision.DAY else ""
    return f" d’ici {article}{objective.due_label}"


def describe_line(objective, readings, at) -> str:
    """The chart in words; past ten readings, the first, the last and the highest."""
    told = [f"{number(reading.value)} au {long_date(reading.on)}" for reading in readings]
    if len(readings) > POINTS_LABELLED:
        highest = readings.index(max(readings, key=lambda reading: reading.value))
        told = [f"{len(readings)} relevés", told[0], told[-1], f"au plus haut {told[highest]}"]
    sentences = [f"{agreed(len(readings), 'Relevé')}\u00a0: {', '.join(told)}."]
    if objective.baseline is not None:
        when = f" au {long_date(objective.baseline_on)}" if objective.baseline_on else ""
        sentences.insert(0, f"Valeur de départ\u00a0: {number(objective.baseline)}{when}.")
    target = with_unit(number(objective.target), objective.unit)
    sentences.append(f"Cible\u00a0: {target}{due_words(objective)}.")
    return " ".join(sentences)


def path_note(path, at) -> str:
    """What the dashed line says: a steady advance, and the value it would have today."""
    if not path:
        return ""
    note = "En pointillé, une progression régulière jusqu’à l’échéance"
    if at >= path.due_on:
        return f"{note}."
    # People are not counted in tenths, save where the whole way is short.
    expected = round(path.value_on(at), 0 if abs(path.target - path.start) >= 10 else 1)
    return f"{note}\u202f; le {long_date(at)}, elle en serait à {number(expected)}."


def describe_columns(objective, readings, at) -> str:
    years = by_year(readings)
    told = []
    for year in years_shown(objective, years, at):
        value = number(years[year].value) if year in years else "non mesuré"
        told.append(f"{year}{', en cours' if year == at.year else ''}\u00a0: {value}")
    target = with_unit(number(objective.target), objective.unit)
    rate = f"Rythme visé\u00a0: {target} par an{due_words(objective)}."
    return f"{', '.join(told)}. {rate}"


def draw_line(objective, readings, at, layout) -> Drawing:
    """Dated points joined by a line, the target, its due date and the steady way to it."""
    series = [(reading.on, Decimal(reading.value)) for reading in readings]
    dots = ["chart__dot"] * len(series)
    start = objective.baseline_on
    if start and objective.baseline is not None and start < series[0][0]:
        series.insert(0, (start, Decimal(objective.baseline)))
        dots.insert(0, "chart__dot chart__dot--start")
    path = path_of(objective, readings)
    target = Decimal(objective.target)
    days = [day for day, value in series] + ([objective.due_on] if objective.due_on else [])
    frame = Frame(
        layout["width"],
        values=[value for day, value in series] + [target],
        first=date(min(days).year, 1, 1).toordinal(),
        last=date(max(days).year, 12, 31).toordinal() + 1,
        right_labels=["Cible", short_number(target)],
    )
    at_points = [(frame.x(day.toordinal()), frame.y(value)) for day, value in series]
    lines = [*frame.grid, *date_ticks(frame, min(days).year, max(days).year)]
    lines.append(frame.horizontal("chart__target", target))
    texts = [*frame.scale_texts, *date_texts(frame, min(days).year, max(days).year)]
    texts += frame.beside(target)
    if objective.due_on:
        due = frame.x(objective.due_on.toordinal())
        words = f"Échéance\u00a0: {objective.due_label}"
        lines.append(line("chart__due", due, 22, due, frame.bottom))
        texts.append(text("chart__note", frame.kept_in(due, words, frame.width), 14, words))
    if path:
        ends = [
            (frame.x(day.toordinal()), frame.y(value))
            for day, value in [(path.start_on, path.start), (path.due_on, path.target)]
        ]
        lines.append(line("chart__path", *ends[0], *ends[1]))
    texts += point_texts(frame, at_points, [number(value) for day, value in series])
    return Drawing(
        key=f"{objective.pk}-{layout['name']}",
        name=layout["name"],
        view_box=frame.view_box(
            head=objective.due_on is not None,
            foot=26 if min(days).year < max(days).year else BOTTOM,
        ),
        note="",
        lines=tuple(lines),
        bars=(),
        curve="M" + "L".join(f"{px(x)} {px(y)}" for x, y in at_points),
        dots=tuple(Dot(css, px(x), px(y)) for css, (x, y) in zip(dots, at_points, strict=True)),
        texts=tuple(texts),
    )


def draw_columns(objective, readings, at, layout) -> Drawing:
    """A column a year beside the yearly target; the current year hatched, the gaps named."""
    values = by_year(readings)
    every_year = years_shown(objective, values, at)
    years = every_year[-layout["years"] :]
    target = Decimal(objective.target)
    frame = Frame(
        layout["width"],
        values=[Decimal(values[year].value) for year in years if year in values] + [target],
        first=0,
        last=len(years),
        right_labels=["Visé", short_number(target), "par an"],
    )
    step = frame.x(1) - frame.x(0)
    width = min(step * 0.64, 72)
    bars, texts = [], [*frame.scale_texts]
    for rank, year in enumerate(years):
        centre = frame.x(rank) + step / 2
        texts.append(text("chart__year", centre, frame.bottom + 20, str(year)))
        if year == at.year:
            texts.append(text("chart__note", centre, frame.bottom + 37, "en cours"))
        if year not in values:
            turned = f"rotate(-90 {px(centre + 5)} {px(frame.y(0) - 8)})"
            css, where = "chart__note", (centre + 5, frame.y(0) - 8)
            texts.append(text(css, *where, "non mesuré", "start", turned))
            continue
        value = values[year].value
        top, foot = sorted((frame.y(Decimal(value)), frame.y(0)))
        current = year == at.year
        css = "chart__bar chart__bar--current" if current else "chart__bar"
        bars.append(Bar(css, px(centre - width / 2), px(top), px(width), px(foot - top), current))
        texts.append(text("chart__value", centre, top - 7, number(value)))
    return Drawing(
        key=f"{objective.pk}-{layout['name']}",
        name=layout["name"],
        view_box=frame.view_box(head=len(years) < len(every_year), foot=BOTTOM),
        note="" if years == every_year else f"Les {len(years)} dernières années",
        lines=(*frame.grid, frame.horizontal("chart__target", target)),
        bars=tuple(bars),
        curve="",
        dots=(),
        texts=(*texts, *frame.beside(target)),
    )


def years_shown(objective, years, at) -> list[int]:
    """Measured years, the gaps between them and after them, and the current year if it counts."""
    shown = {*years, *missing_years(objective, years, at)}
    if not objective.due_on or objective.due_on >= at:
        shown.add(at.year)
    return sorted(shown)


class Frame:
    """The plot inside its margins: places values on the page and draws the value axis."""

    def __init__(self, width, values, first, last, right_labels):
        whole = all(value == value.to_integral_value() for value in values)
        self.ticks = nice_ticks(min(0, *values), max(0, *values), whole)
        self.tick_labels = [short_number(tick) for tick in self.ticks]
        self.right_labels = right_labels
        self.width = width
        self.first, self.last = first, last
        self.left = max(len(label) for label in self.tick_labels) * CHARACTER + 10
        self.right = width - max(len(label) for label in right_labels) * CHARACTER - 10
        self.bottom = HEIGHT - BOTTOM

    def x(self, position) -> float:
        part = (position - self.first) / (self.last - self.first)
        return self.left + part * (self.right - self.left)

    def y(self, value) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return self.bottom - float((value - low) / (high - low)) * (self.bottom - TOP)

    def kept_in(self, x, words, end) -> float:
        """Where to centre words near ``x``, between the left of the drawing and ``end``."""
        half = len(words) * CHARACTER / 2
        return max(min(x, end - half), half)

    def horizontal(self, css, value) -> Line:
        return line(css, self.left, self.y(value), self.right, self.y(value))

    def view_box(self, head, foot):
        """Cropped to what is drawn: words above the plot or not, ``foot`` units below it."""
        top = 0 if head else TOP - 24
        return f"0 {top} {self.width} {self.bottom + foot - top}"

    @property
    def grid(self):
        return [
            self.horizontal("chart__axis" if tick == 0 else "chart__grid", tick)
            for tick in self.ticks
        ]

    @property
    def scale_texts(self):
        return [
            text("chart__scale", self.left - 8, self.y(tick) + 5, label, "end")
            for tick, label in zip(self.ticks, self.tick_labels, strict=True)
        ]

    def beside(self, value):
        """The words of the target, at the right end of its line."""
        top = min(self.y(value) - 4, self.bottom + 5 - 17 * (len(self.right_labels) - 1))
        return [
            text("chart__target-text", self.right + 8, top + 17 * rank, label, "start")
            for rank, label in enumerate(self.right_labels)
        ]


def nice_ticks(low, high, whole) -> list[Decimal]:
    """Three to six round values that hold both ends; whole ones when all values are."""
    low, high = Decimal(low), Decimal(high if high > low else low + 1)
    finest = max(Decimal(10) ** ((high - low).adjusted() - 1), Decimal(1 if whole else "0.01"))
    for step in (finest * factor for factor in (1, 2, 5, 10, 20, 50)):
        first, last = floor(low / step), ceil(high / step)
        if last - first <= 5:
            break
    return [step * rank for rank in range(first, last + 1)]


def short_number(value) -> str:
    """« 20 M » and « 5 Md » past ten millions: the axis has little room."""
    for size, name in ((Decimal(10) ** 9, "Md"), (Decimal(10) ** 6, "M")):
        if abs(value) >= max(size, Decimal(10) ** 7):
            return f"{number(value / size)}\u00a0{name}"
    return number(value)


def date_ticks(frame, first_year, last_year) -> list[Line]:
    years = years_with_room(frame, first_year, last_year)
    days = [date(year, 1, 1).toordinal() for year in years] + [frame.last]
    if first_year == last_year:
        days += [date(first_year, month, 1).toordinal() for month in QUARTERS]
    places = [frame.x(day) for day in sorted({*days})]
    return [line("chart__tick", x, frame.bottom, x, frame.bottom + 6) for x in places]


def date_texts(frame, first_year, last_year) -> list[Text]:
    """The year under the middle of its days; under the quarters when there is only one."""
    if first_year == last_year:
        return [
            text("chart__year", frame.x(day.toordinal()), frame.bottom + height, words)
            for day, height, words in [
                *((date(first_year, month, 1), 20, name) for month, name in QUARTERS.items()),
                (date(first_year, 7, 2), 37, str(first_year)),
            ]
        ]
    return [
        text("chart__year", frame.x(date(year, 7, 2).toordinal()), frame.bottom + 20, str(year))
        for year in years_with_room(frame, first_year, last_year)
    ]


def years_with_room(frame, first_year, last_year) -> range:
    """All years, or one in two, three… so that their labels do not touch."""
    count = last_year - first_year + 1
    every = ceil(YEAR_WIDTH * count / (frame.right - frame.left))
    return range(first_year, last_year + 1, every)


def point_texts(frame, points, values) -> list[Text]:
    """The value of each point, above it or else below it, left out where it would overlap.

    The last, the first and the highest go first, and alone past ten points.
    """
    last = len(points) - 1
    highest = min(range(len(points)), key=lambda rank: points[rank][1])
    others = range(len(points)) if len(points) <= POINTS_LABELLED else ()
    ranks = dict.fromkeys([last, 0, highest, *others])
    placed, texts = [], []
    for rank in ranks:
        x, y = points[rank]
        half = len(values[rank]) * CHARACTER / 2
        centre = frame.kept_in(x, values[rank], frame.right)
        for baseline in (y - 10, y + 20):
            box = (centre - half - 2, baseline - 12, centre + half + 2, baseline + 3)
            if not any(overlap(box, other) for other in placed):
                placed.append(box)
                css = "chart__value chart__value--last" if rank == last else "chart__value"
                texts.append(text(css, centre, baseline, values[rank]))
                break
    return texts


def overlap(one, other) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def line(css, x1, y1, x2, y2) -> Line:
    return Line(css, px(x1), px(y1), px(x2), px(y2))


def text(css, x, y, words, anchor="middle", transform="") -> Text:
    return Text(css, px(x), px(y), anchor, words, transform)


def px(value) -> str:
    """A coordinate to the tenth, with a dot whatever the language."""
    return f"{round(value, 1) + 0:g}"
