import json

import pytest
from django.conf import settings

from geography.projection import lambert_93, on_map

FRAMES = json.loads((settings.DATA_DIR / "map" / "frames.json").read_text())["projection"]
MARKERS = {
    territory["slug"]: territory["marker"]
    for territory in json.loads((settings.DATA_DIR / "territories_geo.json").read_text())[
        "territories"
    ]
}


def test_lambert_93_has_its_origin_where_ign_puts_it():
    assert lambert_93(3, 46.5) == pytest.approx((700_000, 6_600_000), abs=0.001)


@pytest.mark.parametrize(
    "slug",
    [
        "roubaix",
        "figeac",
        "montreuillois",
        "territoire-ledonien-cluster-jura",
        "le-mans-sarthe",
        "territoire-olympique-2024",
        "mayotte",
    ],
)
def test_a_place_falls_where_the_map_was_drawn(slug):
    marker = MARKERS[slug]
    drawn = marker["france_map"]

    point = on_map(marker["lon"], marker["lat"], drawn["frame"], FRAMES["insets"])

    assert point == pytest.approx((drawn["x"], drawn["y"]), abs=0.2)


def test_the_drawing_is_the_one_the_projection_was_written_for():
    assert FRAMES["metropole"] == (
        "Lambert-93 (EPSG:2154): x=(E-95000)*0.0008695652 ; y=(7118000-N)*0.0008695652"
    )
