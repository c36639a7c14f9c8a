"""Words as search compares them: « L’Économie », « economies » and « ECONOMIE » are one.

Everything is told in a…z and 0…9, so that any two databases compare and sort it alike.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

WORD = re.compile(r"[^\W_]+")
LONGEST = 40  # letters; what is past them is not compared
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
# What the stemmer leaves apart, its rule for -aux giving -al.
IRREGULAR = {"travaux": "travail", "baux": "bail", "vitraux": "vitrail", "yeux": "oeil"}
# « est » is left in: « Est Ensemble ».
EMPTY = frozenset(
    [
        *("a", "ai", "as", "au", "aux", "avec", "c", "ce", "ces", "cet", "cette", "d", "dans"),
        *("de", "des", "donc", "dont", "du", "elle", "elles", "en", "et", "etc", "eux", "il"),
        *("ils", "j", "je", "jusqu", "l", "la", "le", "les", "leur", "leurs", "lorsqu", "lui"),
        *("m", "ma", "mais", "me", "mes", "moi", "mon", "n", "ne", "nos", "notre", "nous", "on"),
        *("or", "ou", "par", "pour", "puisqu", "qu", "quand", "que", "quel", "quelle", "quelles"),
        *("quels", "qui", "quoiqu", "s", "sa", "se", "ses", "si", "sur", "t", "ta", "te", "tes"),
        *("toi", "ton", "tu", "un", "une", "vos", "votre", "vous", "y"),
    ]
)

_stemmer = snowballstemmer.stemmer("french")


def composed(text: str) -> str:
    """The text with each accented letter as one character, the only way words are cut right."""
    return unicodedata.normalize("NFC", text)


@lru_cache(maxsize=2**16)
def fold(word: str) -> str:
    """A word in a…z and 0…9; empty when nothing of it is left: « 日本 »."""
    letters = unicodedata.normalize("NFKD", word.lower().translate(LIGATURES))
    return "".join(c for c in letters if c.isascii() and c.isalnum())[:LONGEST]


@lru_cache(maxsize=2**16)
def stem(word: str) -> str:
    """What a folded word shares with its inflexions: « emplois », « emploi »."""
    word = IRREGULAR.get(word, word)
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]  # the stemmer keeps that of « emplois »
    root = _stemmer.stemWord(word)
    if root.endswith("eux"):
        root = root[:-1]  # « lieux », « lieu »
    # Without its accent, the stemmer takes the end of « labellisé » for a mute e.
    return root.rstrip("e") or root


def words(text: str) -> Iterator[tuple[str, re.Match]]:
    """Each word of a composed text, folded, and where it stands; « l’emploi » has two."""
    for match in WORD.finditer(text):
        if word := fold(match[0]):
            yield word, match


def vocabulary(text: str) -> set[str]:
    """The folded words that a text can be found by."""
    return {word for word, _ in words(composed(text)) if word not in EMPTY}


def sort_key(text: str) -> str:
    """What puts titles in alphabetical order, byte by byte."""
    return " ".join(word for word, _ in words(composed(text)))
