"""From longitude and latitude (WGS 84, degrees) to the drawn map of ``data/map/frames.json``."""

from math import atanh, cos, exp, radians, sin

METROPOLE = "metropole"

# Lambert-93 (EPSG:2154), by the parameters IGN publishes for its conformal conic formula
# (algorithms ALG0001 and ALG0003 of note NT/G 71), on the GRS 80 ellipsoid.
ECCENTRICITY = 0.0818191910428158
CENTRAL_MERIDIAN = radians(3)
EXPONENT = 0.7256077650532670
CONSTANT = 11_754_255.4261  # metres
POLE_EASTING, POLE_NORTHING = 700_000.0, 12_655_612.0499  # metres

# The formula that frames.json gives in words for its « metropole » frame.
WEST, NORTH = 95_000.0, 7_118_000.0  # metres
UNITS_PER_METRE = 0.0008695652


def lambert_93(lon: float, lat: float) -> tuple[float, float]:
    """Easting and northing in metres; exact to the millimetre within mainland France."""
    sine = sin(radians(lat))
    isometric_latitude = atanh(sine) - ECCENTRICITY * atanh(ECCENTRICITY * sine)
    radius = CONSTANT * exp(-EXPONENT * isometric_latitude)
    angle = EXPONENT * (radians(lon) - CENTRAL_MERIDIAN)
    return POLE_EASTING + radius * sin(angle), POLE_NORTHING - radius * cos(angle)


def on_map(lon: float, lat: float, frame: str, insets: dict) -> tuple[float, float]:
    """The point of a frame, in units of the map; ``insets`` are those of frames.json."""
    if frame == METROPOLE:
        easting, northing = lambert_93(lon, lat)
        x, y = (easting - WEST) * UNITS_PER_METRE, (NORTH - northing) * UNITS_PER_METRE
    else:
        inset = insets[frame]
        x = inset["ox"] + (lon - inset["lon0"]) * inset["kx"]
        y = inset["oy"] + (inset["lat1"] - lat) * inset["ky"]
    return round(x, 2), round(y, 2)  # as precise as the label points of shapes.csv.gz
