import re

import pytest
from django.conf import settings
from django.core.management import call_command

from geography.basemap import (
    ZOOM_BOX,
    base_map,
    bounds,
    drawn,
    inner_borders,
    rings,
)

FILE = settings.BASE_DIR / "static" / "img" / "france.svg"
SQUARE = "M0,0l10,0 0,10 -10,0z"


def test_served_file_is_what_the_command_draws():
    assert FILE.read_text() == base_map(), "Lancez « manage.py draw_base_map »."


def test_command_writes_the_file(settings, tmp_path, capsys):
    (tmp_path / "static" / "img").mkdir(parents=True)
    settings.BASE_DIR = tmp_path
    call_command("draw_base_map")
    assert (tmp_path / "static" / "img" / "france.svg").read_text() == base_map()
    assert capsys.readouterr().out.startswith("static/img/france.svg\u00a0: ")


def test_it_has_a_name_for_all_that_pages_draw():
    names = re.findall(r' id="([^"]+)"', FILE.read_text())
    regions = [name for name in names if name.startswith("region-")]
    assert len(regions) == len(set(regions)) == 18
    assert sorted(set(names) - set(regions)) == [
        "france",
        "ile-de-france",
        "metropole",
        "outre-mer",
    ]


def test_it_obeys_the_security_policy():
    text = FILE.read_text()
    assert [word for word in ("<style", "style=", "<script", "http-equiv") if word in text] == []


def test_it_stays_light():
    assert len(FILE.read_text()) < 80_000


def test_a_path_is_read_in_tenths():
    path = "M1.5,2l0.1,-0.3 -1,0zM5,5l1,1z"
    assert list(rings(path)) == [[(15, 20), (16, 17), (6, 17)], [(50, 50), (60, 60)]]


def test_a_path_is_written_short():
    assert drawn([(15, 20), (16, 17), (6, 17)], "z") == "M1.5 2l.1-.3-1 0z"


@pytest.mark.parametrize(
    ("paths", "points", "box"),
    [
        ([SQUARE], [], (0, 0, 10, 10)),
        ([SQUARE, "M20,5l1,0 0,1z"], [], (0, 0, 21, 10)),
        ([SQUARE], [(3, 40)], (0, 0, 10, 40)),
        ([], [(3, 4)], (3, 4, 3, 4)),
    ],
)
def test_bounds(paths, points, box):
    assert bounds(paths, points) == box


def test_a_border_within_a_region_is_drawn_once_and_its_edge_is_not():
    neighbours = [
        {"region": "75", "d": SQUARE},
        {"region": "75", "d": "M10,0l10,0 0,10 -10,0z"},
        {"region": "76", "d": "M20,0l10,0 0,10 -10,0z"},
    ]
    assert list(inner_borders(neighbours)) == [[(100, 0), (100, 100)]]


def test_the_stylesheet_lays_the_window_where_the_drawing_leaves_room():
    css = (settings.BASE_DIR / "static" / "css" / "map.css").read_text()
    window = re.search(r"\.map__window \{([^}]*)\}", css).group(1)
    width = float(re.search(r"width: ([\d.]+)%", window).group(1))
    assert width == ZOOM_BOX[2] / 10
