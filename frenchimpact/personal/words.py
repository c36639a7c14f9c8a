"""Somebody's address and names, found in a text however they are written, and struck out of it.

Whole words only; blind to case and accents, by the table of ``search.folding``; an apostrophe, a
hyphen, an underscore, any blank and what HTML writes for them are one.
"""

import json
import re
from collections import defaultdict
from functools import cached_property

from search.folding import BLANKS, LETTERS_APART, TABLE, fold

ERASED = "[effacé]"
IN_ADDRESSES = "efface"
SHORTEST = 4  # letters: a shorter name is a word of too many texts
MARKS = "[\u0300-\u032f]*"
APOSTROPHES = re.compile("[’'‘`ʼ]")
APART = rf"(?:[{re.escape(BLANKS)}\s_]|&#x27;|&#39;|&nbsp;)"
# An underscore is no letter here: Markdown and names of files put it beside words.
BEFORE, AFTER = r"(?<![^\W_])", r"(?![^\W_])"
# What stands before a part of a longer address: « anne-marie@… » is not « marie@… ».
BEFORE_ADDRESS = BEFORE + r"(?<![^\W_][.+%_-])"

SAME = defaultdict(str)
for code, bare in TABLE.items():
    if isinstance(bare, int) and chr(bare).isalnum():
        SAME[chr(bare)] += chr(code)
DOUBLE = defaultdict(str)
for sign, spelled in LETTERS_APART.items():
    DOUBLE[spelled] += sign


def letters(text) -> int:
    return sum(letter.isalnum() for letter in fold(text))


def words_of(text):
    return fold(text).replace("_", " ").split()


def units_of_name(name) -> list[str]:
    """A pattern for each letter, or gap between words, of a name."""
    units = []
    for part in APOSTROPHES.split(name):
        gap = f"{APART}*"  # the address of a page drops the apostrophe
        for word in words_of(part):
            units += [gap] if units else []
            units += units_of_word(word)
            gap = f"{APART}+"
    return units


def units_of_word(word):
    while word:
        pair = word[:2]
        if pair in DOUBLE:
            yield f"(?:{one(pair[0])}{one(pair[1])}|[{DOUBLE[pair]}])"
        else:
            yield one(word[0])
        word = word[2 if pair in DOUBLE else 1 :]


def one(letter):
    return f"[{SAME[letter]}]{MARKS}" if letter in SAME else re.escape(letter)


def units_of_address(address):
    return ["(?:@|%40)" if letter == "@" else re.escape(letter) for letter in address]


class Term:
    """An address or a name to strike out."""

    def __init__(self, text):
        self.is_address = "@" in text
        self.units = units_of_address(text) if self.is_address else units_of_name(text)
        self.before = BEFORE_ADDRESS if self.is_address else BEFORE
        self.whole = self.pattern("".join(self.units) + AFTER)
        # What any text that has it has too, for databases: the first letters, in case it was cut.
        self.start = "".join(self.units[:SHORTEST])

    def pattern(self, end):
        return re.compile(self.before + end, re.IGNORECASE)

    @cached_property
    def beginnings(self):
        """Patterns of the end of a text that was cut within it, the longest first."""
        return [
            self.pattern("".join(self.units[:size]) + r"(?=\s?…?\Z)")
            for size in range(len(self.units) - 1, SHORTEST - 1, -1)
        ]


class Words:
    """The terms of one person."""

    def __init__(self, *texts):
        self.terms = [Term(text) for text in dict.fromkeys(texts) if text]

    def struck(self, text: str, by=ERASED) -> str:
        for term in self.terms:
            text = term.whole.sub(by, text)
        return text

    def struck_at_end(self, text: str) -> str:
        """Of a text that was cut, the beginning of a term that its end may be."""
        for term in self.terms:
            for pattern in term.beginnings:
                if pattern.search(text):
                    return pattern.sub(ERASED, text)
        return text

    def struck_within(self, value):
        """The same of what JSON holds, JSON within JSON too."""
        if isinstance(value, dict):
            return {key: self.struck_within(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.struck_within(item) for item in value]
        if not isinstance(value, str):
            return value
        inner = parsed(value)
        if inner is None:
            return self.struck(value)
        struck = self.struck_within(inner)
        # Written as it was: Django's admin escapes accents, forms do not.
        return value if struck == inner else json.dumps(struck, ensure_ascii=value.isascii())


def parsed(text):
    """The list or dict that a text is in JSON, or None."""
    if text[:1] not in {"[", "{"}:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None
