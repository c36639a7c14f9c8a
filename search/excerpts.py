"""The part of a text that says why it was found, with the words sought marked."""

import re

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from search.words import stem, words

LENGTH = 220  # characters of an excerpt
BEFORE = 60  # of them, at most, before the first word marked
BLANK = re.compile(r"\s")


def mark(text: str, stems: set[str]) -> SafeString:
    """The whole text, escaped, each word of these stems inside ``<mark>``."""
    return marked(text, sought(text, stems))


def excerpt(text: str, stems: set[str]) -> SafeString:
    """Some ``LENGTH`` characters of a text around the words of these stems, marked.

    Where most different ones are together; the beginning of a text that has none.
    """
    found = sought(text, stems)
    start, end = window(text, found)
    inside = [span for span in found if start <= span[0] and span[1] <= end]
    part = marked(text[start:end], [(a - start, b - start, root) for a, b, root in inside])
    before = "…\u00a0" if start else ""
    after = "…" if end < len(text) else ""
    return format_html("{}{}{}", before, part, after)


def sought(text, stems):
    """Where each word of these stems begins and ends, and its stem."""
    return [
        (match.start(), match.end(), stem(word))
        for word, match in words(text)
        if stem(word) in stems
    ]


def window(text, found):
    """Where the excerpt begins and ends, between two words."""
    if len(text) <= LENGTH:
        return 0, len(text)

    def together(first):
        begin = found[first][0]
        near = {root for a, b, root in found[first : first + 50] if b <= begin + LENGTH - BEFORE}
        return len(near), -first

    first = max(range(len(found)), key=together, default=None)
    start = 0 if first is None else max(0, found[first][0] - BEFORE)
    if start:
        sentence = max(text.rfind(stop, start, found[first][0]) for stop in (". ", "? ", "! "))
        blank = BLANK.search(text, start, found[first][0])
        start = sentence + 2 if sentence >= 0 else blank.end() if blank else found[first][0]
    end = min(len(text), start + LENGTH)
    if end < len(text):
        cut = max(text.rfind(blank, start, end) for blank in (" ", "\u00a0", "\n"))
        end = cut if cut > start + LENGTH // 2 else end
    return start, end


def marked(text, spans):
    """The text, escaped, with these parts of it marked."""
    pieces, last = [], 0
    for start, end, _ in spans:
        pieces.append((text[last:start], text[start:end]))
        last = end
    return format_html("{}{}", format_html_join("", "{}<mark>{}</mark>", pieces), text[last:])
