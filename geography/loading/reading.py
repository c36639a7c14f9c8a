"""Reads the files of official areas and refuses, naming file and line, whatever is not as said."""

import csv
import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

from geography.models import Area
from geography.names import spellings
from geography.projection import METROPOLE, on_map

REGION, DEPARTEMENT, EPCI, EPT, COMMUNE = (level.value for level in Area.Level)
NATURES = {"CC", "CA", "CU", "METRO", "MET69"}
SVG_PATH = re.compile(r"M[MmLlHhVvZz0-9 ,.-]+")

Key = tuple[str, str]  # level, code


class BrokenFile(Exception):
    """A file that cannot be loaded; the text says which, on what line and why, in French."""

    def __init__(self, file: str, why: str, line: int | None = None):
        where = f"{file}, ligne {line}" if line else file
        super().__init__(f"{where}\u00a0: {why}")


@dataclass
class Source:
    """What the files say, ready to be compared with what is stored."""

    # The values of storing.COLUMNS for each area.
    areas: dict[Key, tuple] = field(default_factory=dict)
    parents: set[tuple[Key, Key]] = field(default_factory=set)
    postal_codes: set[tuple[str, Key]] = field(default_factory=set)
    outlines: dict[Key, str] = field(default_factory=dict)
    # text, commune, whether it is the whole name, population
    spellings: set[tuple[str, Key, bool, int]] = field(default_factory=set)

    def __len__(self):
        return sum(
            map(
                len,
                (self.areas, self.parents, self.postal_codes, self.outlines, self.spellings),
            )
        )


@dataclass(slots=True)
class Row:
    """A line of a file: its values, and where it stands to say what is wrong with them."""

    file: str
    line: int
    values: dict[str, str]

    def fault(self, why: str) -> BrokenFile:
        return BrokenFile(self.file, why, self.line)

    def text(self, column: str, longest: int) -> str:
        value = self.values[column]
        if not value or len(value) > longest:
            raise self.fault(f"«\u00a0{column}\u00a0» est vide ou dépasse {longest} caractères.")
        return value

    def name(self) -> str:
        return self.text("nom", 200).replace("'", "’")

    def code(self, column: str, level: str, areas: dict, *, optional=False) -> Key | None:
        """The area of this level that a column names; it must have been read before."""
        value = self.values[column]
        if optional and not value:
            return None
        if (level, value) not in areas:
            raise self.fault(
                f"«\u00a0{column}\u00a0» donne un code inconnu, «\u00a0{value}\u00a0»."
            )
        return level, value

    def codes(self, column: str, level: str, areas: dict) -> list[Key]:
        read = [(level, value) for value in self.values[column].split()]
        if not read or any(key not in areas for key in read):
            raise self.fault(
                f"«\u00a0{column}\u00a0» est vide ou donne un code inconnu, "
                f"«\u00a0{self.values[column]}\u00a0»."
            )
        return read

    def population(self, column: str) -> int | None:
        value = self.values[column]
        if not value:
            return None
        if not re.fullmatch(r"[0-9]{1,9}", value):
            raise self.fault(
                f"«\u00a0{column}\u00a0» n’est pas un nombre entier, «\u00a0{value}\u00a0»."
            )
        return int(value)

    def number(self, column: str) -> float:
        try:
            number = float(self.values[column])
        except ValueError:
            number = float("nan")
        if not isfinite(number):
            raise self.fault(
                f"«\u00a0{column}\u00a0» n’est pas un nombre, «\u00a0{self.values[column]}\u00a0»."
            )
        return number

    def position(self) -> tuple[float, float] | tuple[None, None]:
        if not self.values["lon"] and not self.values["lat"]:
            return None, None
        lon, lat = self.number("lon"), self.number("lat")
        if abs(lon) > 180 or abs(lat) >= 90:
            raise self.fault("«\u00a0lon\u00a0» et «\u00a0lat\u00a0» ne sont pas sur la Terre.")
        return lon, lat


def read(directory: Path) -> Source:
    """Everything the files of ``directory`` say. Raises BrokenFile; knows no database."""
    insets = read_insets(directory / "map" / "frames.json")
    geo = directory / "geo"
    shapes = read_shapes(geo / "shapes.csv.gz", {METROPOLE, *insets})
    source = Source()

    def add(row, level, code, *, nature="", population, lon=None, lat=None, point=None):
        key = level, row.text(code, 9)
        if key in source.areas:
            raise row.fault(f"le code «\u00a0{key[1]}\u00a0» a déjà été lu.")
        if shape := shapes.pop(key, None):
            _, point, source.outlines[key] = shape
        source.areas[key] = (
            row.name(),
            nature,
            row.population(population),
            lon,
            lat,
            *(point or ("", None, None)),
        )
        return key

    for row in rows(geo / "regions.csv", "code nom population"):
        add(row, REGION, "code", population="population")

    frames = {}  # by code of département; the collectivités d’outre-mer are not drawn
    for row in rows(geo / "departements.csv", "code nom region zone population"):
        key = add(row, DEPARTEMENT, "code", population="population")
        source.parents.add((key, row.code("region", REGION, source.areas)))
        if key[1] in insets:
            frames[key] = key[1]
        elif row.values["zone"] == "metro":
            frames[key] = METROPOLE

    regions_of = dict(source.parents)
    for row in rows(geo / "epci.csv", "siren nom type population_municipale departements regions"):
        if row.values["type"] not in NATURES:
            raise row.fault(f"type d’EPCI inconnu, «\u00a0{row.values['type']}\u00a0».")
        key = add(row, EPCI, "siren", nature=row.values["type"], population="population_municipale")
        for column, level in (("departements", DEPARTEMENT), ("regions", REGION)):
            source.parents |= {(key, up) for up in row.codes(column, level, source.areas)}

    for row in rows(geo / "ept.csv", "siren nom population_municipale departements epci_parent"):
        key = add(row, EPT, "siren", population="population_municipale")
        departements = row.codes("departements", DEPARTEMENT, source.areas)
        source.parents |= {(key, up) for up in departements}
        source.parents |= {(key, regions_of[up]) for up in departements}
        source.parents.add((key, row.code("epci_parent", EPCI, source.areas)))

    communes = "code nom codes_postaux departement region epci ept population lon lat"
    for row in rows(geo / "communes.csv.gz", communes):
        departement = row.code("departement", DEPARTEMENT, source.areas)
        frame = frames.get(departement)
        lon, lat = row.position()
        point = (frame, *on_map(lon, lat, frame, insets)) if frame and lon is not None else None
        key = add(row, COMMUNE, "code", population="population", lon=lon, lat=lat, point=point)
        source.parents |= {(key, departement), (key, row.code("region", REGION, source.areas))}
        for column, level in (("epci", EPCI), ("ept", EPT)):
            if up := row.code(column, level, source.areas, optional=True):
                source.parents.add((key, up))
        for code in row.values["codes_postaux"].split():
            if not re.fullmatch(r"[0-9]{5}", code):
                raise row.fault(f"code postal illisible, «\u00a0{code}\u00a0».")
            source.postal_codes.add((code, key))
        population = row.population("population") or 0
        source.spellings |= {
            (text, key, is_whole, population) for text, is_whole in spellings(row.name())
        }

    for key, place in places(source).items():
        source.areas[key] = (*source.areas[key], place)
    for (level, code), (row, _, _) in shapes.items():
        raise row.fault(f"contour d’une zone inconnue, «\u00a0{level} {code}\u00a0».")
    return source


def places(source: Source) -> dict[Key, str]:
    """Where each area is, in words: its départements or, for a département, its région."""
    above = {key: [] for key in source.areas}
    for child, parent in sorted(source.parents):
        if parent[0] == (REGION if child[0] == DEPARTEMENT else DEPARTEMENT):
            above[child].append(source.areas[parent][0])
    return {key: enumerated(names) for key, names in above.items()}


def enumerated(names: list[str]) -> str:
    """« Jura », « Seine-et-Marne et Val-d’Oise », « Var, Vaucluse et Gard »."""
    *first, last = names or [""]
    return f"{', '.join(first)} et {last}" if first else last


def read_shapes(path: Path, frames: set[str]) -> dict[Key, tuple[Row, tuple, str]]:
    """By area: the line, the label point (frame, x, y) and the outline."""
    shapes = {}
    for row in rows(path, "level code frame x y path"):
        key = row.values["level"], row.values["code"]
        if key in shapes:
            raise row.fault(f"le contour de «\u00a0{' '.join(key)}\u00a0» a déjà été lu.")
        if row.values["frame"] not in frames:
            raise row.fault(f"cadre inconnu, «\u00a0{row.values['frame']}\u00a0».")
        if not SVG_PATH.fullmatch(row.values["path"]):
            raise row.fault("le tracé n’est pas un chemin SVG.")
        point = row.values["frame"], row.number("x"), row.number("y")
        shapes[key] = row, point, row.values["path"]
    return shapes


def read_insets(path: Path) -> dict[str, dict[str, float]]:
    """The overseas insets of the map, by code of département."""
    try:
        insets = json.loads(path.read_bytes())["projection"]["insets"]
        return {
            code: {name: float(inset[name]) for name in ("lon0", "lat1", "kx", "ky", "ox", "oy")}
            for code, inset in insets.items()
        }
    except OSError as error:
        raise BrokenFile(path.name, unreadable(error)) from error
    except json.JSONDecodeError as error:
        raise BrokenFile(path.name, "ce n’est pas du JSON.", error.lineno) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BrokenFile(
            path.name, "les cadres d’outre-mer manquent ou sont incomplets."
        ) from error


def rows(path: Path, columns: str) -> Iterator[Row]:
    """The lines of a file under its header, which must have these columns, in any order."""
    line = 0
    try:
        reader = csv.reader(decoded_lines(path), strict=True)
        header = next(reader, None)
        if header is None:
            raise BrokenFile(path.name, "le fichier est vide.", 1)
        line = 1
        if missing := [column for column in columns.split() if column not in header]:
            listed = ", ".join(f"«\u00a0{column}\u00a0»" for column in missing)
            raise BrokenFile(path.name, f"colonne absente, {listed}.", 1)
        for values in reader:
            line = reader.line_num
            if len(values) != len(header):
                why = f"{len(values)} colonnes au lieu de {len(header)}."
                raise BrokenFile(path.name, why, line)
            yield Row(path.name, line, dict(zip(header, values, strict=True)))
        if line == 1:
            raise BrokenFile(path.name, "le fichier n’a aucune ligne de données.", 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        why = "le fichier compressé est tronqué ou abîmé."
        raise BrokenFile(path.name, why, line + 1) from error
    except UnicodeDecodeError as error:
        raise BrokenFile(path.name, "le texte n’est pas en UTF-8.", line + 1) from error
    except csv.Error as error:
        raise BrokenFile(path.name, f"ligne mal formée ({error}).", line + 1) from error
    except OSError as error:
        raise BrokenFile(path.name, unreadable(error)) from error


def decoded_lines(path: Path) -> Iterator[str]:
    """Decodes line by line, so that a fault is met, and told, on its own line."""
    number = 0
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        for number, line in enumerate(file, 1):
            yield line.decode()
            if not line.endswith(b"\n"):
                raise BrokenFile(path.name, "la dernière ligne est tronquée.", number)


def unreadable(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "le fichier est introuvable."
    return f"le fichier ne se lit pas ({error.strerror})."
