"""Two texts compared by words, in bounded time."""

from dataclasses import dataclass
from re import findall
from time import monotonic

from diff_match_patch import diff_match_patch

WORD = r"\s+|\w+|[^\w\s]"
FIRST = 0x10000  # past the surrogates, which no text may hold
# Past this time, what is not compared yet is said to go, and to come, as a whole.
MOST_SECONDS = 0.5
LEAST_SECONDS = 0.01  # none at all would mean no limit to the library
STATES = {0: "kept", -1: "gone", 1: "come"}
AROUND = 60  # characters kept on each side of a change, in a text that is cut
MOST_CHANGED = 400  # and of what changes


@dataclass(frozen=True)
class Piece:
    """Some words of a comparison: ``kept``, ``gone`` or ``come``."""

    text: str
    state: str


class Clock:
    """The time that all the comparisons of a page may take together."""

    def __init__(self, seconds):
        self.ends = monotonic() + seconds

    @property
    def left(self):
        return min(MOST_SECONDS, max(LEAST_SECONDS, self.ends - monotonic()))


def compare(before: str, after: str, seconds=MOST_SECONDS) -> list[Piece]:
    """What goes from one text and comes in another, by words; lines are kept."""
    # A letter for each word: letters are what the library compares.
    words = {}
    old, new = (
        "".join(words.setdefault(word, chr(FIRST + len(words))) for word in findall(WORD, text))
        for text in (before, after)
    )
    read = {letter: word for word, letter in words.items()}
    matcher = diff_match_patch()
    matcher.Diff_Timeout = seconds
    found = matcher.diff_main(old, new, checklines=False)
    matcher.diff_cleanupSemantic(found)  # not a space kept between two words that go
    return [Piece("".join(read[letter] for letter in said), STATES[act]) for act, said in found]


def shortened(pieces: list[Piece]) -> list[Piece]:
    """The same, less what is far from any change, and less the most of what is very long."""
    last = len(pieces) - 1
    return [
        Piece(cut(piece, is_first=place == 0, is_last=place == last), piece.state)
        for place, piece in enumerate(pieces)
    ]


def cut(piece, *, is_first, is_last):
    text, start, end = piece.text, piece.text[:AROUND], piece.text[-AROUND:]
    if piece.state != "kept":
        start, end = text[:MOST_CHANGED], ""
    elif is_first:
        start = ""
    elif is_last:
        end = ""
    is_short = len(text) <= len(start) + len(end) + AROUND
    return text if is_short else f"{start} […] {end}"
