"""What the areas of a perimeter hold: their communes, or départements where they are thousands."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.text import slugify

from geography.models import Area

# As the first characters of an INSEE code say it.
VINTAGE_2017 = {"976"}


@dataclass(frozen=True)
class Part:
    """A commune (``number`` is 1), or a département and its number of communes."""

    code: str
    name: str
    number: int


@dataclass(frozen=True)
class Contents:
    """``count``: communes in all; ``communes`` by name, but those of ``departements``."""

    count: int
    communes: tuple[Part, ...]
    departements: tuple[Part, ...]


def contents_of(areas: Iterable[Area]) -> Contents:
    """What some areas hold together, each commune once; areas read by ``with_contents``."""
    communes, departements = {}, {}
    for area in areas:
        found = departements if area.level == Area.Level.REGION else communes
        if area.level == Area.Level.COMMUNE:
            found[area.code] = Part(area.code, area.name, 1)
        for code, name, number in area.contents or []:
            found[code] = Part(code, name, number)
    communes = [part for part in communes.values() if not part.code.startswith((*departements,))]
    count = len(communes) + sum(part.number for part in departements.values())
    return Contents(count, by_name(communes), by_name(departements.values()))


def by_name(parts):
    return tuple(sorted(parts, key=lambda part: (slugify(part.name), part.code)))


def population_of(areas: Iterable[Area]) -> int | None:
    """The inhabitants of some areas; None where unknown or counted in different years.

    Only figures of one level are of one year, Mayotte's apart. Areas of one level never overlap.
    """
    years = {(area.level, area.code in VINTAGE_2017) for area in areas}
    figures = [area.population for area in areas]
    return sum(figures) if len(years) == 1 and all(figures) else None
