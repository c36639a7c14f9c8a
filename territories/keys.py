"""The keys of rows that an address or a form gives: anything may be sent there."""

LONGEST = 18  # digits: more is no key of any database


def key_of(text) -> int | None:
    """The key that a text is, or None."""
    text = text or ""
    is_key = text.isascii() and text.isdecimal() and len(text) <= LONGEST
    return int(text) if is_key else None
