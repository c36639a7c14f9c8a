"""How far two areas are, as the crow flies, from the middle of one to the middle of the other."""

from functools import cache
from math import asin, atan2, atanh, cos, degrees, hypot, log, radians, sin, sqrt, tanh

from geography.basemap import FRAMES
from geography.projection import (
    CENTRAL_MERIDIAN,
    CONSTANT,
    ECCENTRICITY,
    EXPONENT,
    METROPOLE,
    NORTH,
    POLE_EASTING,
    POLE_NORTHING,
    UNITS_PER_METRE,
    WEST,
)

EARTH_RADIUS = 6371.0  # km, the mean


def middle(lon, lat, frame, x, y):
    """Longitude and latitude of an area: its own, else those of its point on the map, else None."""
    if lon is not None:
        return lon, lat
    return on_earth(frame, x, y) if frame else None


@cache
def on_earth(frame: str, x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude, in degrees, of a point of the map: projection.on_map undone."""
    if frame != METROPOLE:
        inset = FRAMES["insets"][frame]
        lon = inset["lon0"] + (x - inset["ox"]) / inset["kx"]
        return lon, inset["lat1"] - (y - inset["oy"]) / inset["ky"]
    east = x / UNITS_PER_METRE + WEST - POLE_EASTING
    south = POLE_NORTHING - NORTH + y / UNITS_PER_METRE
    isometric_latitude = log(CONSTANT / hypot(east, south)) / EXPONENT
    sine = tanh(isometric_latitude)
    for _ in range(4):  # each step gains two digits and more
        sine = tanh(isometric_latitude + ECCENTRICITY * atanh(ECCENTRICITY * sine))
    return degrees(CENTRAL_MERIDIAN + atan2(east, south) / EXPONENT), degrees(asin(sine))


def kilometres(here: tuple[float, float], there: tuple[float, float]) -> float:
    """The great-circle distance between two (longitude, latitude) in degrees."""
    lon1, lat1, lon2, lat2 = map(radians, (*here, *there))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS * asin(sqrt(half))
