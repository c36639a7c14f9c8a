"""Reads the founding files, and says where one of them goes wrong: its name and the line."""

import json
from datetime import date
from json.decoder import JSONObject
from json.scanner import py_make_scanner

from frenchimpact.seed.typography import typeset

REQUIRED = object()


class SourceError(Exception):
    """A founding file cannot be used; the message, in French, names the file and the line."""


class Record(dict):
    """An object of a founding file, which knows where it opens and checks what is read in it."""

    file = ""
    line = 0

    def error(self, problem):
        return SourceError(typeset(f"{self.file}, ligne {self.line} : {problem}"))

    def read(self, key, kind, default=REQUIRED):
        """The value of a key, of this very type; ``default`` if it is absent or null."""
        value = self.get(key)
        if value is None:
            if default is REQUIRED:
                raise self.error(f"« {key} » manque")
            return default
        if type(value) is not kind:
            raise self.error(f"« {key} » devrait être {KINDS[kind]}")
        return value

    def read_all(self, key, kind, default=REQUIRED):
        """The items of a list, all of this very type."""
        items = self.read(key, list, default)
        if any(type(item) is not kind for item in items):
            raise self.error(f"chaque élément de « {key} » devrait être {KINDS[kind]}")
        return items

    def last_day(self):
        """The last day of what this says in « value » and « precision »: a day or a year."""
        value = self.read("value", str)
        try:
            return date.fromisoformat(
                f"{value}-12-31" if self.get("precision") == "year" else value
            )
        except ValueError:
            raise self.error(f"« {value} » n’est ni un jour ni une année") from None


KINDS = {
    str: "un texte",
    int: "un nombre entier",
    bool: "true ou false",
    list: "une liste",
    Record: "un objet",
}


class LineDecoder(json.JSONDecoder):
    """Decodes objects into records. The C scanner does not say where it is: this one does."""

    def __init__(self, file):
        super().__init__()

        def parse_object(text_and_start, *options):
            values, end = JSONObject(text_and_start, *options)
            record = Record(values)
            text, start = text_and_start
            record.file, record.line = file, text.count("\n", 0, start) + 1
            return record, end

        self.parse_object = parse_object
        self.scan_once = py_make_scanner(self)


def read_file(path):
    """The object a JSON file holds, as a record."""
    try:
        content = LineDecoder(path.name).decode(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SourceError(typeset(f"{path.name} : fichier introuvable ou illisible")) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        problem = f"{path.name}, ligne {line} : le fichier n’est pas en UTF-8"
        raise SourceError(typeset(problem)) from error
    except json.JSONDecodeError as error:
        problem = f"{path.name}, ligne {error.lineno} : JSON mal formé (colonne {error.colno})"
        raise SourceError(typeset(problem)) from error
    if type(content) is not Record:
        raise SourceError(typeset(f"{path.name}, ligne 1 : un objet est attendu"))
    return content
