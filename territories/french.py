"""French as it is written: plurals and dates."""

from django.utils.dateformat import format as format_date


def agreed(number, word) -> str:
    """The word as the number asks: « 0 étape », « 1 étape », « 2 étapes »."""
    return f"{word}s" if number >= 2 else word


def long_date(day) -> str:
    """« 1er mars 2020 », « 25 février 2019 »; nothing for no day."""
    if not day:
        return ""
    text = format_date(day, "j F Y")
    return f"1er{text[1:]}" if day.day == 1 else text
