"""The territories on the drawn map of France, as strings ready for a template.

Strings, because a template would write the numbers the French way, with a comma that SVG
understands as a separator. Units are those of ``data/map/frames.json``, 1000 × 936.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import dist

from geography.basemap import (
    HEIGHT,
    ILE_DE_FRANCE,
    INSETS,
    WIDTH,
    ZOOM_BOX,
    ZOOM_SCALE,
    ZOOM_SOURCE,
    bounds,
)
from geography.models import Area
from territories.models import Territory

# The widest shapes are drawn first, so that an EPT shows on top of its région.
LEVELS = list(Area.Level.values)
WIDE_LEVELS = [Area.Level.REGION, Area.Level.DEPARTEMENT]

# How labels are set, in ems; the width of a letter is Marianne's, on the average of our names.
LETTER_WIDTH, LETTER_TOP, LETTER_FOOT = 0.57, 0.8, 0.25
LINE_HEIGHT = 1.15
GAP = 0.65  # between a marker and its label
LONG_NAME = 26  # letters; a longer one takes two lines

LABELS = 60  # that are looked for room; a map with more names than that is illegible
LEAST_REACH = 12  # units around a marker, however near the next one
PERIMETER_SPAN = 64  # units: about 75 km, so that a commune is seen in its département


@dataclass(frozen=True)
class Shape:
    """One area of a territory: its own outline, or the name of one in the base map."""

    path: str = ""
    base: str = ""
    is_wide: bool = False


@dataclass(frozen=True)
class Outlined:
    """The shapes of a territory; ``in_zoom`` when the Île-de-France window shows them too."""

    name: str
    url: str
    is_indicative: bool
    shapes: tuple[Shape, ...]
    in_zoom: bool


@dataclass(frozen=True)
class Line:
    """A line of a label, ``dy`` below the one before it, or below the marker."""

    text: str
    dy: str


@dataclass(frozen=True)
class Mark:
    """A territory's point and label.

    The label shows at once where there is room (on a wide map, on a narrow one), else when the
    point is pointed at. ``reach`` is the radius that answers a finger.
    """

    name: str
    url: str
    is_indicative: bool
    x: str
    y: str
    reach: str
    anchor: str
    dx: str
    lines: tuple[Line, ...]
    fits_wide: bool
    fits_narrow: bool


@dataclass(frozen=True)
class Drawing:
    """The map: shapes from the widest to the smallest, marks in the order of the list.

    ``zoomed`` marks are in the units of the Île-de-France window; on the main map, ``dots``
    stand for them.
    """

    outlined: tuple[Outlined, ...]
    marks: tuple[Mark, ...]
    zoomed: tuple[Mark, ...]
    dots: tuple[tuple[str, str], ...]
    unplaced: tuple[Territory, ...]
    has_indicative: bool
    view_box: str = f"0 0 {WIDTH} {HEIGHT}"
    zoom_view_box: str = f"0 0 {ZOOM_BOX[2]} {ZOOM_BOX[3]}"
    zoom_transform: str = f"scale({ZOOM_SCALE}) translate({-ZOOM_SOURCE[0]:g} {-ZOOM_SOURCE[1]:g})"


@dataclass(frozen=True)
class Perimeter:
    """The small map of one territory: its shapes, and a point for each area without outline."""

    name: str
    is_indicative: bool
    view_box: str
    base: str
    shapes: tuple[Shape, ...]
    points: tuple[tuple[str, str], ...]
    radius: str


@dataclass(frozen=True)
class Sheet:
    """What labels are set on: its size, its letters and what they must not cover, in units.

    Letters are those of the stylesheet, for a map 600 pixels wide and for one of 328, on a phone,
    where the Île-de-France window stands below the map.
    """

    width: float
    height: float
    letter_wide: float
    letter_narrow: float
    dot_wide: float  # half the side of what a point covers
    dot_narrow: float
    reserved_wide: tuple[tuple, ...]
    reserved_narrow: tuple[tuple, ...]
    reach: float


def span_of(box):
    left, top, width, height = box
    return left, top, left + width, top + height


FRAMES = (*map(span_of, INSETS.values()), span_of(ZOOM_SOURCE))
FRANCE = Sheet(
    WIDTH,
    HEIGHT,
    letter_wide=22,
    letter_narrow=38,
    dot_wide=9,
    dot_narrow=14,
    reserved_wide=(*FRAMES, span_of(ZOOM_BOX)),
    reserved_narrow=FRAMES,
    reach=38,
)
WINDOW = Sheet(
    ZOOM_BOX[2],
    ZOOM_BOX[3],
    letter_wide=20,
    letter_narrow=16,
    dot_wide=9,
    dot_narrow=9,
    reserved_wide=(),
    reserved_narrow=(),
    reach=20,
)


def drawing(territories: Iterable[Territory]) -> Drawing:
    """The map of some territories. No query for those that went through ``with_areas``."""
    outlined, placed, zoomed, unplaced = [], [], [], []
    for territory in territories:
        point = position(territory)
        if point is None:
            unplaced.append(territory)
            continue
        (zoomed if is_in_zoom(point) else placed).append((territory, point))
        outlined.append((widest(territory), outline(territory, point)))
    outlined.sort(key=lambda pair: pair[0])
    return Drawing(
        outlined=tuple(one for _, one in outlined if one.shapes),
        marks=marks(placed, FRANCE),
        zoomed=marks([(territory, to_zoom(point)) for territory, point in zoomed], WINDOW),
        dots=tuple(written(point) for _, point in zoomed),
        unplaced=tuple(unplaced),
        has_indicative=any(territory.is_indicative for territory, _ in placed + zoomed),
    )


def perimeter(territory: Territory) -> Perimeter | None:
    """The small map of one territory, or nothing where there is nothing to show."""
    areas = places(territory)
    if not areas:
        return None
    frame = areas[0].frame
    shapes = tuple(shape(area) for area in areas if hasattr(area, "outline"))
    points = [(area.x, area.y) for area in areas if not hasattr(area, "outline")]
    paths = [area.outline.path for area in areas if hasattr(area, "outline")]
    left, top, width, height = INSETS.get(frame) or framed(bounds(paths, points))
    return Perimeter(
        name=territory.name,
        is_indicative=territory.is_indicative,
        view_box=" ".join(f"{number:.1f}" for number in (left, top, width, height)),
        base="outre-mer" if frame in INSETS else "metropole",
        shapes=shapes,
        points=tuple(written(point) for point in points),
        radius=f"{width / 45:.1f}",
    )


def framed(span):
    """The 4:3 box around a span, with some air and what is needed to know where it is."""
    left, top, right, bottom = span
    width = max(1.25 * (right - left), 1.25 * (bottom - top) * 4 / 3, PERIMETER_SPAN)
    height = width * 3 / 4
    return (left + right - width) / 2, (top + bottom - height) / 2, width, height


def places(territory):
    """Its areas that are on the map, or its anchor; all in one drawing, that of the first.

    Between France and an overseas département there is no middle, and no box around both.
    """
    for areas in (territory.areas.all(), [territory.anchor]):
        drawn = [area for area in areas if area and area.x is not None]
        if drawn:
            return [area for area in drawn if area.frame == drawn[0].frame]
    return []


def position(territory):
    """The middle of its areas' label points, its anchor's where it has none, or nothing."""
    areas = places(territory)
    if areas:
        return sum(a.x for a in areas) / len(areas), sum(a.y for a in areas) / len(areas)


def widest(territory):
    return min((LEVELS.index(area.level) for area in territory.areas.all()), default=len(LEVELS))


def outline(territory, point):
    areas = territory.areas.all()
    return Outlined(
        name=accessible_name(territory),
        url=territory.get_absolute_url(),
        is_indicative=territory.is_indicative,
        shapes=tuple(shape(area) for area in areas if hasattr(area, "outline")),
        in_zoom=is_in_zoom(point) or any(fills_zoom(area) for area in areas),
    )


def shape(area):
    """A région is in the base map already: naming it spares up to 9 kB."""
    is_wide = area.level in WIDE_LEVELS
    if area.level == Area.Level.REGION:
        return Shape(base=f"region-{area.code}", is_wide=is_wide)
    return Shape(path=area.outline.path, is_wide=is_wide)


def accessible_name(territory):
    return f"{territory.name} (périmètre indicatif)" if territory.is_indicative else territory.name


def is_in_zoom(point):
    left, top, width, height = ZOOM_SOURCE
    return left < point[0] < left + width and top < point[1] < top + height


def fills_zoom(area):
    """Whether it is one of the areas that the window shows a part of, its point elsewhere."""
    if area.level == Area.Level.DEPARTEMENT:
        return area.code in ILE_DE_FRANCE
    return area.level == Area.Level.REGION and area.code == "11"


def to_zoom(point):
    return tuple((point[i] - ZOOM_SOURCE[i]) * ZOOM_SCALE for i in (0, 1))


def written(point):
    return f"{point[0]:.1f}", f"{point[1]:.1f}"


def marks(placed, sheet):
    """Their marks, the first ones choosing first where to put their label."""
    points = [point for _, point in placed]
    wide, narrow = list(sheet.reserved_wide), list(sheet.reserved_narrow)
    made = []
    for i, (territory, point) in enumerate(placed):
        others = points[:i] + points[i + 1 :]
        nearest = min((dist(point, other) for other in others), default=2 * sheet.reach)
        label, fits_wide, fits_narrow = on_demand(territory.name, point, sheet), False, False
        if i < LABELS:
            dots = [around(other, sheet.dot_wide) for other in others]
            free = free_label(territory.name, point, sheet, wide + dots)
            if free:
                label, fits_wide = free, True
                wide.append(label.span(point, sheet.letter_wide))
            dots = [around(other, sheet.dot_narrow) for other in others]
            span = label.span(point, sheet.letter_narrow)
            if is_free(span, sheet, narrow + dots):
                fits_narrow = True
                narrow.append(span)
        x, y = written(point)
        made.append(
            Mark(
                name=accessible_name(territory),
                url=territory.get_absolute_url(),
                is_indicative=territory.is_indicative,
                x=x,
                y=y,
                reach=f"{max(LEAST_REACH, min(sheet.reach, nearest / 2)):.1f}",
                anchor=label.anchor,
                dx=f"{label.dx:g}em",
                lines=label.lines,
                fits_wide=fits_wide,
                fits_narrow=fits_narrow,
            )
        )
    return tuple(made)


@dataclass(frozen=True)
class Label:
    """A name on one or two lines, set on a side of its marker; lengths in ems."""

    texts: tuple[str, ...]
    anchor: str
    dx: float
    first: float  # from the marker down to the first line's foot

    @property
    def lines(self):
        steps = [self.first, *[LINE_HEIGHT] * (len(self.texts) - 1)]
        return tuple(
            Line(text, f"{step:.2f}em") for text, step in zip(self.texts, steps, strict=True)
        )

    def span(self, point, letter):
        """Left, top, right and bottom of what it covers, in units, for letters of that size."""
        width = max(map(len, self.texts)) * LETTER_WIDTH
        left = self.dx - {"start": 0, "middle": width / 2, "end": width}[self.anchor]
        last = self.first + (len(self.texts) - 1) * LINE_HEIGHT
        x, y = point
        return (
            x + left * letter,
            y + (self.first - LETTER_TOP) * letter,
            x + (left + width) * letter,
            y + (last + LETTER_FOOT) * letter,
        )


def sides(texts):
    """The label around its point, the best places first."""
    more = (len(texts) - 1) * LINE_HEIGHT
    middle, above, below = 0.35 - more / 2, -0.75 - more, 1.4
    yield Label(texts, "start", GAP, middle)
    yield Label(texts, "middle", 0, above)
    yield Label(texts, "middle", 0, below)
    yield Label(texts, "end", -GAP, middle)
    for first in (below - 0.25, above + 0.25):
        yield Label(texts, "start", GAP / 2, first)
        yield Label(texts, "end", -GAP / 2, first)


def ways(name):
    """On one line if it is short, else on two; a short one may also take two."""
    two_lines = halves(name)
    return [two_lines] if len(name) > LONG_NAME else list(dict.fromkeys([(name,), two_lines]))


def free_label(name, point, sheet, taken):
    """The first label that covers nothing, if any."""
    for texts in ways(name):
        for label in sides(texts):
            if is_free(label.span(point, sheet.letter_wide), sheet, taken):
                return label


def on_demand(name, point, sheet):
    """The label of a point that has no room for one: over its neighbours, inside the drawing."""
    right, _, _, left, *_ = sides(ways(name)[0])
    return left if point[0] > 0.7 * sheet.width else right


def halves(name):
    """The name cut at the space nearest to its middle; a dash ends its line."""
    cuts = [i for i, letter in enumerate(name) if letter == " " and name[i + 1] not in "-–—"]
    if not cuts:
        return (name,)
    cut = min(cuts, key=lambda i: abs(i - len(name) / 2))
    return name[:cut], name[cut + 1 :]


def is_free(span, sheet, taken):
    left, top, right, bottom = span
    if left < 0 or top < 0 or right > sheet.width or bottom > sheet.height:
        return False
    return not any(
        left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
        for other in taken
    )


def around(point, half):
    x, y = point
    return x - half, y - half, x + half, y + half
