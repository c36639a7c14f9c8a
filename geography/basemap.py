"""The base map that every page draws on: one static file, made from ``data/map``.

All coordinates are in the units of ``data/map/frames.json``: 1000 × 936 for the whole drawing,
of which about 600 pixels wide on a screen.
"""

import json
import re
from collections import defaultdict

from django.conf import settings

WIDTH, HEIGHT = 1000, 936
FRAMES = json.loads((settings.DATA_DIR / "map" / "frames.json").read_text())["projection"]
INSETS = {frame: inset["box"] for frame, inset in FRAMES["insets"].items()}
INSET_NAMES = {
    "971": "Guadeloupe",
    "972": "Martinique",
    "973": "Guyane",
    "974": "La Réunion",
    "976": "Mayotte",
}

# The window on Paris and its suburbs, where places are too close to be told apart: what it shows
# of the drawing, how many times larger, and the empty corner of the sea where it is laid. Wider
# and lower than the one of frames.json, so that names fit beside their points.
ZOOM_SCALE = 3
ZOOM_BOX = (4, 4, 400, 108)
ZOOM_SOURCE = (428, 196.2, round(ZOOM_BOX[2] / ZOOM_SCALE, 1), ZOOM_BOX[3] / ZOOM_SCALE)

ILE_DE_FRANCE = {"75", "77", "78", "91", "92", "93", "94", "95"}

# Each group carries it, because ``<use>`` takes a group without what stands around it.
LAND = (
    'fill="var(--map-land,#e8e8ee)" stroke="var(--map-line,#fff)"'
    ' stroke-width="var(--map-region,1.3px)" stroke-linejoin="round"'
)

SUBPATH = re.compile(r"M([-\d.]+),([-\d.]+)l([^z]*)z")


def rings(path):
    """The closed lines of a stored path, as lists of points in tenths of a unit.

    Whole tenths, so that a border shared by two areas is the same points in both.
    """
    for x, y, moves in SUBPATH.findall(path):
        point = tenths(x), tenths(y)
        ring = [point]
        for move in moves.split():
            dx, dy = move.split(",")
            point = point[0] + tenths(dx), point[1] + tenths(dy)
            ring.append(point)
        yield ring


def tenths(text):
    return round(float(text) * 10)


def bounds(paths, points=()):
    """Left, top, right, bottom of some stored paths and points, in units."""
    points = [*points]
    for path in paths:
        points += [(x / 10, y / 10) for ring in rings(path) for x, y in ring]
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def drawn(line, closing):
    """A line as the shortest SVG path: relative moves, no needless sign, zero or comma."""
    moves = [
        (x - before_x, y - before_y)
        for (before_x, before_y), (x, y) in zip(line, line[1:], strict=False)
    ]
    text = "M" + joined(line[0]) + "l" + joined(n for move in moves for n in move)
    return text + closing


def joined(numbers):
    text = ""
    for number in numbers:
        written = (
            f"{number / 10:g}".replace("0.", ".", 1) if abs(number) < 10 else f"{number / 10:g}"
        )
        text += written if not text or written.startswith("-") else f" {written}"
    return text


def inner_borders(departements):
    """The borders between départements of one région, each drawn once."""
    owners = defaultdict(list)
    for departement in departements:
        for ring in rings(departement["d"]):
            for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
                owners[min(a, b), max(a, b)].append(departement["region"])
    neighbours = defaultdict(set)
    for (a, b), regions in owners.items():
        if len(regions) == 2 and regions[0] == regions[1]:
            neighbours[a].add(b)
            neighbours[b].add(a)
    # Ends and crossings first, so that every line runs from one to the next; then the loops.
    for start in sorted(neighbours, key=lambda point: (len(neighbours[point]) == 2, point)):
        while neighbours[start]:
            line = [start]
            while neighbours[line[-1]]:
                following = min(neighbours[line[-1]])
                neighbours[line[-1]].remove(following)
                neighbours[following].remove(line[-1])
                line.append(following)
                if len(neighbours[following]) != 1:
                    break
            yield line


def base_map():
    """The text of ``static/img/france.svg``.

    Pages draw its groups through ``<use>``: ``#france`` (everything), ``#metropole`` and
    ``#outre-mer`` (land alone), ``#ile-de-france`` (the window's content), ``#region-75`` (one
    région, in the colours of whoever uses it). Colours are the custom properties of the page, as
    presentation attributes: the security policy allows no style inside.
    """
    source = json.loads((settings.DATA_DIR / "map" / "france_map.json").read_text())
    overseas = {region["code"] for region in source["regions"] if region["code"] < "10"}
    land = {
        "metropole": [r for r in source["regions"] if r["code"] not in overseas],
        "outre-mer": [r for r in source["regions"] if r["code"] in overseas],
    }
    groups = "".join(
        f'<g id="{name}" {LAND}>\n'
        + "".join(region_path(region) for region in regions)
        + borders
        + "</g>\n"
        for (name, regions), borders in zip(
            land.items(), [borders_path(source["departements"]), ""], strict=True
        )
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">\n'
        f'<g id="france">\n{groups}{names_and_window()}</g>\n'
        f'<g id="ile-de-france" {LAND}>\n{zoomed(source["zoom_idf"]["departements"])}</g>\n'
        "</svg>\n"
    )


def region_path(region):
    path = "".join(drawn(ring, "z") for ring in rings(region["d"]))
    return f'<path id="region-{region["code"]}" vector-effect="non-scaling-stroke" d="{path}"/>\n'


def borders_path(departements):
    path = "".join(drawn(line, "") for line in inner_borders(departements))
    return (
        '<path fill="none" stroke-width="var(--map-departement,.6px)"'
        f' vector-effect="non-scaling-stroke" d="{path}"/>\n'
    )


def names_and_window():
    """The names of the overseas départements, and the rectangle that the window enlarges."""
    names = "".join(
        f'<text x="{x + width / 2:g}" y="{y + 11}">{INSET_NAMES[frame]}</text>\n'
        for frame, (x, y, width, _) in INSETS.items()
    )
    x, y, width, height = (f"{number:g}" for number in ZOOM_SOURCE)
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="none"'
        ' stroke="var(--map-name,#666)" stroke-width=".6" vector-effect="non-scaling-stroke"/>\n'
        '<g fill="var(--map-name,#666)" text-anchor="middle" font-size="15"'
        f' visibility="var(--map-names,visible)">\n{names}</g>\n'
    )


def zoomed(departements):
    """Île-de-France and what surrounds it, in the window's own units."""
    box, scale, (left, top, _, _) = (FRAMES["zoom_idf"][k] for k in ("box", "scale", "source_rect"))

    def moved(point):
        x = (point[0] / 10 - box[0]) / scale + left - ZOOM_SOURCE[0]
        y = (point[1] / 10 - box[1]) / scale + top - ZOOM_SOURCE[1]
        return round(x * ZOOM_SCALE * 10), round(y * ZOOM_SCALE * 10)

    return "".join(
        f'<path vector-effect="non-scaling-stroke"{away} d="{path}"/>\n'
        for departement in departements
        for away in ["" if departement["code"] in ILE_DE_FRANCE else ' fill-opacity=".5"']
        for path in [
            "".join(
                drawn([moved(point) for point in ring], "z") for ring in rings(departement["d"])
            )
        ]
    )
