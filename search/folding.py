"""Text compared as people type it: « l'ecole », « L’École » and « L’ECOLE » are one.

The same table serves Python and both databases, so that they all answer alike; it needs no
extension. Unlike ``search.words``, it keeps a text whole: parts of words are found too.
"""

import unicodedata

from django.db.backends.signals import connection_created
from django.db.models import CharField, Func, TextField, Value
from django.db.models.lookups import Contains

LETTERS_APART = {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"}
BLANKS = "’'‘`ʼ-‐‑–—\u00a0\u202f\u2009\t\n\r"
COMMON = "esaitnrulodcmpvqfbghjxyzkw 0123456789"
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def bare(letter):
    """What is left of an accented letter: « é », « É » : e; empty when it is no such letter."""
    base = unicodedata.normalize("NFKD", letter)[0].lower()
    return base if base.isascii() and base.isalpha() else ""


ACCENTED = [chr(code) for code in range(0xC0, 0x180) if bare(chr(code))]
COMBINING = [chr(code) for code in range(0x300, 0x330)]  # of text that keeps accents apart
# PostgreSQL reads the table from its start for each letter of a text: what most letters are comes
# first, as it is. A country of communes is compared ten times faster so.
FROM = COMMON + CAPITALS + BLANKS + "".join(ACCENTED) + "".join(COMBINING)
TO = COMMON + CAPITALS.lower() + " " * len(BLANKS) + "".join(map(bare, ACCENTED))
TABLE = str.maketrans(LETTERS_APART) | str.maketrans(FROM[: len(TO)], TO, FROM[len(TO) :])


def fold(text: str | None) -> str | None:
    """The text without accent or capital, its apostrophes, hyphens and odd spaces as blanks."""
    return text if text is None else text.translate(TABLE)


class Fold(Func):
    """``fold`` in SQL: the function that ``serve`` gives SQLite, ``translate`` on PostgreSQL."""

    function = "FOLD"
    arity = 1
    output_field = TextField()

    def as_postgresql(self, compiler, connection, **context):
        (text,) = self.get_source_expressions()
        for letter, spelled in LETTERS_APART.items():
            text = replaced("REPLACE", text, letter, spelled)
        return replaced("TRANSLATE", text, FROM, TO).as_sql(compiler, connection, **context)


def replaced(function, text, old, new):
    return Func(text, Value(old), Value(new), function=function, output_field=TextField())


class FoldedContains(Contains):
    """``name__folded="l'ecole"``: the folded text has the folded words in it."""

    def __init__(self, lhs, rhs):
        super().__init__(Fold(lhs), fold(str(rhs)))


def serve(connection, **_):
    """Give a new connection to SQLite its ``FOLD``; nothing else tells of a new connection."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("FOLD", 1, fold, deterministic=True)


def register():
    for field in (CharField, TextField):
        field.register_lookup(FoldedContains, "folded")
    connection_created.connect(serve)
