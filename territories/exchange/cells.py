"""What a cell says: each widget reads a person's spelling and writes the one we give back.

A text that a spreadsheet would run is written after an apostrophe, which reading takes away; one
that already has some gets one more, so that every text comes back as it left.
"""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from import_export.fields import Field
from import_export.widgets import Widget

from territories.spreadsheet import FORMULA_STARTS

RISKY = re.compile(f"'*[{re.escape(''.join(FORMULA_STARTS))}]")
BLANKS = str.maketrans("", "", "\u00a0\u202f ")
SEPARATOR = " ; "
# Neither XML nor PostgreSQL takes them.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def escape(text: str) -> str:
    return f"'{text}" if RISKY.match(text) else text


def unescape(text: str) -> str:
    return text[1:] if text.startswith("'") and RISKY.match(text) else text


def plain(text: str) -> str:
    """A text less what spreadsheets do to it unasked: ends of line, blanks at both ends."""
    return CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


class Column(Field):
    """A column of a sheet: a heading, and the attribute it tells."""

    def __init__(self, heading, attribute, widget=None, *, readonly=False):
        super().__init__(
            attribute=attribute, column_name=heading, widget=widget or Text(), readonly=readonly
        )


class Text(Widget):
    def clean(self, value, row=None, **kwargs):
        return plain(unescape(value))

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else str(value)


class Whole(Text):
    def clean(self, value, row=None, **kwargs):
        text = super().clean(value)
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,9}", text):
            raise ValueError(f"«\u00a0{text[:40]}\u00a0» n’est pas un nombre entier.")
        return int(text)

    def render(self, value, obj=None, **kwargs):
        return value


class Number(Text):
    """A decimal number, with a comma or a point."""

    def clean(self, value, row=None, **kwargs):
        text = super().clean(value).translate(BLANKS).replace("−", "-")
        if not text:
            return None
        try:
            if not re.fullmatch(r"[+-]?[0-9]+([.,][0-9]*)?", text):
                raise InvalidOperation
            number = Decimal(text.replace(",", "."))
        except InvalidOperation:
            raise ValueError(f"«\u00a0{value[:40]}\u00a0» n’est pas un nombre.") from None
        return number

    def render(self, value, obj=None, **kwargs):
        return None if value is None else Decimal(value)


class Day(Text):
    """A date: 31/12/2025 or 2025-12-31."""

    def clean(self, value, row=None, **kwargs):
        text = super().clean(value)
        if not text:
            return None
        for pattern in ["%d/%m/%Y", "%Y-%m-%d", "%Y-%m-%d 00:00:00"]:
            try:
                return datetime.strptime(text, pattern).date()  # noqa: DTZ007  (a day has no zone)
            except ValueError:
                continue
        raise ValueError(f"«\u00a0{text[:40]}\u00a0» n’est pas une date\u00a0: écrivez 31/12/2025.")

    def render(self, value, obj=None, **kwargs):
        return value


class YesNo(Text):
    def clean(self, value, row=None, **kwargs):
        text = super().clean(value).casefold()
        if text not in {"oui", "non", ""}:
            raise ValueError(f"«\u00a0{text[:40]}\u00a0»\u00a0: écrivez oui ou non.")
        return text == "oui"

    def render(self, value, obj=None, **kwargs):
        return "oui" if value else "non"


class Choice(Text):
    """One of the choices of a field, in its French words."""

    def __init__(self, choices):
        super().__init__()
        self.words = {value: str(label) for value, label in choices.choices}
        self.values = {folded(label): value for value, label in self.words.items()}

    def clean(self, value, row=None, **kwargs):
        text = super().clean(value)
        if text and folded(text) not in self.values:
            words = ", ".join(self.words.values())
            raise ValueError(
                f"«\u00a0{text[:40]}\u00a0» n’est pas un choix. Choix possibles\u00a0: {words}."
            )
        return self.values.get(folded(text), "")

    def render(self, value, obj=None, **kwargs):
        return self.words.get(value, value or "")


def folded(text):
    return text.casefold().replace("'", "’")


class Row(Text):
    """Another row, by what names it; all are read once."""

    def __init__(self, queryset, field="slug"):
        super().__init__()
        self.queryset, self.field = queryset, field
        self.rows = None

    def found(self, name):
        if self.rows is None:
            self.rows = {getattr(row, self.field): row for row in self.queryset.all()}
        if name not in self.rows:
            # It may have come higher in the same file.
            self.rows[name] = self.queryset.filter(**{self.field: name}).first()
        if self.rows[name] is None:
            raise ValueError(f"«\u00a0{name[:80]}\u00a0» est inconnu.")
        return self.rows[name]

    def clean(self, value, row=None, **kwargs):
        text = super().clean(value)
        return self.found(text) if text else None

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else str(getattr(value, self.field))


class Rows(Row):
    """Several rows, by their names, separated by semicolons; a name may hold one."""

    def clean(self, value, row=None, **kwargs):
        pieces = Text.clean(self, value).split(";")
        found, start = [], 0
        while start < len(pieces):
            row, start = self.first(pieces, start)
            found += [row] if row else []
        return [*dict.fromkeys(found)]

    def render(self, value, obj=None, **kwargs):
        rows = value.all() if hasattr(value, "all") else value or []
        return SEPARATOR.join(sorted(self.named(row) for row in rows))

    def first(self, pieces, start):
        """The row that the next piece names, or the next ones together; and where to go on."""
        if not pieces[start].strip():
            return None, start + 1
        fault = None
        for end in range(start + 1, len(pieces) + 1):
            try:
                return self.found(";".join(pieces[start:end]).strip()), end
            except ValueError as error:
                fault = fault or error
        raise fault

    def named(self, row):
        return getattr(row, self.field)


class AreaName:
    """« CA du Pays de Grasse (EPCI 200039857) »: level and code find it, the name is for people."""

    levels = {
        "region": "région",
        "departement": "département",
        "epci": "EPCI",
        "ept": "EPT",
        "commune": "commune",
    }
    pattern = re.compile(r"(?:.*\()?(région|département|epci|ept|commune) (\w+)\)?", re.I | re.S)

    def find(self, name):
        match = self.pattern.fullmatch(name)
        if not match:
            raise ValueError(
                f"«\u00a0{name[:80]}\u00a0»\u00a0: écrivez le niveau et le code, par exemple "
                "«\u00a0Grasse (commune 06069)\u00a0»."
            )
        words = {word.casefold(): level for level, word in self.levels.items()}
        level, code = words[match[1].casefold()], match[2]
        area = self.queryset.filter(level=level, code=code).first()
        if area is None:
            raise ValueError(f"«\u00a0{name[:80]}\u00a0»\u00a0: aucune zone n’a ce code.")
        return area

    def named(self, area):
        return f"{area.name} ({self.levels[area.level]} {area.code})"


class AreaRow(AreaName, Row):
    """An area; they are too many to be read at once."""

    def found(self, name):
        return self.find(name)

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else self.named(value)


class AreaRows(AreaName, Rows):
    def found(self, name):
        return self.find(name)


def in_words(value) -> str:
    """A rendered value as people read it, and as a CSV file says it."""
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}".replace(".", ",")
    return str(value)
