"""Sets a text as French print does, without touching a word."""

import re

NO_BREAK = "\u00a0"
THIN_NO_BREAK = "\u202f"

RULES = [
    (re.compile("'"), "’"),
    (re.compile(r"\.\.\."), "…"),
    (re.compile(r"«\s*"), f"«{NO_BREAK}"),
    (re.compile(r"\s*»"), f"{NO_BREAK}»"),
    # Only where a space stands already: « https: » and « 14:30 » are left alone.
    (re.compile(r"\s+:"), f"{NO_BREAK}:"),
    (re.compile(r"\s+([;!?])"), rf"{THIN_NO_BREAK}\1"),
    (re.compile(r"\s+\+(?!\w)"), f"{NO_BREAK}+"),
]


def typeset(text, corrections=()):
    """The text with typographic apostrophes, ellipses and no-break spaces.

    ``corrections`` are (misprint, right spelling) pairs, applied first. Setting a text twice
    changes nothing more.
    """
    for misprint, spelling in corrections:
        text = text.replace(misprint, spelling)
    for pattern, replacement in RULES:
        text = pattern.sub(replacement, text)
    return text
