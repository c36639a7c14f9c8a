"""What was typed, read as terms to look for, within bounds."""

from dataclasses import dataclass, field

from search.models import Word
from search.words import EMPTY, composed, stem, words

LONGEST = 200  # characters; what is past them is not read
TERMS = 8
BEGINNING = 3  # letters from which the last word may be the beginning of another
COMPLETIONS = 300  # stems; the shortest words first


@dataclass(frozen=True)
class Term:
    """A word sought: as itself, by its stem, and as the beginning of words of the index."""

    word: str
    stem: str
    completions: frozenset[str] = frozenset()

    @property
    def stems(self) -> set[str]:
        return {self.stem, *self.completions}


@dataclass(frozen=True)
class Query:
    """``text``: what was typed, as it can be shown again; ``is_cut``: whether all was read."""

    text: str = ""
    terms: list[Term] = field(default_factory=list)
    is_cut: bool = False

    @classmethod
    def read(cls, typed: str) -> "Query":
        """Any text makes a query; asks the database at most once."""
        text = composed("".join(c if c.isprintable() else " " for c in typed[: 2 * LONGEST]))
        text = " ".join(text.split())
        found = [word for word, _ in words(text[:LONGEST])]
        kept = [word for word in found if word not in EMPTY]
        # « par » alone may be the beginning of « parcours ».
        kept = [*dict.fromkeys(kept)] or [word for word in found[-1:] if len(word) >= BEGINNING]
        chosen = kept[:TERMS]
        terms = [Term(word, stem(word)) for word in chosen]
        if chosen and chosen[-1] == found[-1] and len(found[-1]) >= BEGINNING:
            terms[-1] = Term(found[-1], stem(found[-1]), completions(found[-1]))
        is_cut = len(kept) > TERMS or len(text) > LONGEST or len(typed) > 2 * LONGEST
        return cls(text[:LONGEST].strip(), terms, is_cut)


def completions(beginning: str) -> frozenset[str]:
    """The stems of the words of the index that begin so."""
    known = Word.objects.beginning(beginning).values_list("text", "stem")
    closest = sorted(known, key=lambda pair: (len(pair[0]), pair[0]))
    return frozenset([*dict.fromkeys(root for _, root in closest)][:COMPLETIONS])
