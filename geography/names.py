"""Communes by what people type: « st denis », « chalon s/ saone », « lhay roses », « 75011 »."""

import re
import unicodedata

from django.db.models import Case, F, Value, When

from geography.models import Area, PostalCode, Spelling

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
SHORTHANDS = [(re.compile(r"\bs/\s*s\b[/.]?"), "sous "), (re.compile(r"\bs/"), "sur ")]
SPELLED_OUT = {"st": "saint", "sts": "saints", "ste": "sainte", "stes": "saintes"}
SHORTENED = {"saint": "st", "sainte": "ste"}
ARTICLES = {"l", "le", "la", "les"}
# What no one looks a commune up by.
SMALL = {"a", "au", "aux", "d", "de", "des", "du", "en", "et", "lez", "sous", "sur"}
COMMON = SMALL | {"saint", "saints", "sainte", "saintes"}

SPLIT_POSTCODE = re.compile(r"\b([0-9]{2}) ([0-9]{3})\b")
POSTCODE = re.compile(r"[0-9]{5}")
POSTCODE_START = re.compile(r"[0-9]{2,4}")
INSEE_CODE = re.compile(r"[0-9][0-9ab][0-9]{3}")

# The data know these cities whole: what may follow their name is an arrondissement.
CITIES = {"paris", "lyon", "marseille"}
ARRONDISSEMENT = re.compile(r"[0-9]{1,2}(er|e|eme|ieme)?|er|e|eme|ieme|arr|arrdt|arrondissement")

# « le département de Mayotte, de la Sarthe, du Jura, des Landes »: what French does not tell.
WITHOUT_ARTICLE = {"Paris", "Mayotte", "Vaucluse"}
PLURAL = {
    *("Alpes-de-Haute-Provence", "Alpes-Maritimes", "Ardennes", "Bouches-du-Rhône"),
    *("Côtes-d’Armor", "Deux-Sèvres", "Hautes-Alpes", "Hautes-Pyrénées", "Hauts-de-Seine"),
    *("Landes", "Pyrénées-Atlantiques", "Pyrénées-Orientales", "Vosges", "Yvelines"),
}
MASCULINE = {
    *("Bas-Rhin", "Calvados", "Cantal", "Cher", "Doubs", "Finistère", "Gard", "Gers"),
    *("Haut-Rhin", "Jura", "Loiret", "Lot", "Morbihan", "Nord", "Pas-de-Calais", "Puy-de-Dôme"),
    *("Rhône", "Tarn", "Territoire de Belfort", "Val-d’Oise", "Val-de-Marne", "Var"),
}

# How close a commune is to what was typed: its name, the beginning of its name, the beginning of
# a part of it, its words in another order or with those of its département.
EXACT, BEGINS, CONTAINS, SCATTERED = range(4)
CANDIDATES = 1000  # communes whose words are compared one by one


def fold(text: str) -> str:
    """The words of a name in a…z and 0…9, without accent, capital or article.

    « Saint » is spelled out. A name made of articles alone keeps them.
    """
    words = [SPELLED_OUT.get(word, word) for word in plain_words(text)]
    return " ".join([word for word in words if word not in ARTICLES] or words)


def plain_words(text: str) -> list[str]:
    text = text.lower().translate(LIGATURES)
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    for pattern, word in SHORTHANDS:
        text = pattern.sub(word, text)
    return re.findall("[a-z0-9]+", text)


def spellings(name: str) -> set[tuple[str, bool]]:
    """The folded texts that a commune is found by, each with whether it is the whole name.

    « L’Haÿ-les-Roses »: hay roses, lhay roses, hayroses, lhaylesroses; and roses. « Saint-Denis »:
    saint denis, saintdenis, stdenis; and denis.
    """
    spaced = fold(name).split()
    glued = fold(name.replace("’", "")).split()  # « lhay », « dascq »
    found = {
        (" ".join(words[start:]), start == 0)
        for words in (spaced, glued)
        for start in range(len(words))
        if start == 0 or words[start] not in SMALL
    }
    shortened = [SHORTENED.get(word, word) for word in spaced]
    run_together = (spaced, shortened, plain_words(name))
    return found | {("".join(words), True) for words in run_together}


def lookup(text: str, limit: int) -> list[Area]:
    """The communes that a name or a postcode may mean, best first. Two queries at most.

    Each carries its ``closeness``; the most populous of equals comes first.
    """
    words = words_of(text)
    postcode = next((word for word in words if POSTCODE.fullmatch(word)), None)
    if not words:
        return []
    if postcode:
        found = by_postcode(postcode, [word for word in words if word != postcode])
    elif len(words) == 1 and POSTCODE_START.fullmatch(words[0]):
        return by_start_of_postcode(words[0], limit)
    elif len(words) == 1 and INSEE_CODE.fullmatch(words[0]):
        found = by_code(words[0])
    else:
        found = by_spelling(words, limit) or by_words(words)
    return found[:limit]


def exactly(text: str, limit: int) -> list[Area]:
    """The communes of this very name, postcode or INSEE code, most populous first. Two queries."""
    words = words_of(text)
    if not words:
        return []
    if len(words) == 1 and (POSTCODE.fullmatch(words[0]) or INSEE_CODE.fullmatch(words[0])):
        return by_postcode(words[0], [])[:limit]
    named = Spelling.objects.filter(text=" ".join(words), is_whole=True).order_by()
    return ranked(Area.objects.filter(pk__in=named.values("area")), EXACT, limit)


def words_of(text: str) -> list[str]:
    """What was typed, folded, without what a postal address adds to the commune."""
    words = SPLIT_POSTCODE.sub(r"\1\2", fold(text)).split()
    if "cedex" in words:
        words = words[: words.index("cedex")]
    if CITIES.intersection(words):
        kept = [word for word in words if word in CITIES or POSTCODE.fullmatch(word)]
        if all(word in kept or ARRONDISSEMENT.fullmatch(word) for word in words):
            return kept
    return words


def by_postcode(postcode, words):
    """Those it serves, of them those so named if there are; else the one of this INSEE code."""
    served = ranked(Area.objects.filter(postal_codes__code=postcode), EXACT)
    named = [commune for commune in served if is_named(commune, words)]
    return named or served or by_code(postcode)


def by_start_of_postcode(start, limit):
    codes = PostalCode.objects.filter(code__range=(start.ljust(5, "0"), start.ljust(5, "9")))
    return ranked(Area.objects.filter(pk__in=codes.order_by().values("area")), CONTAINS, limit)


def by_code(code):
    return ranked(Area.objects.at_level("commune").filter(code=code.upper()), EXACT)


def by_spelling(words, limit):
    """Those that these words, in this order, name or begin to name."""
    text = " ".join(words)
    closeness = Case(
        When(text=text, is_whole=True, then=Value(EXACT)),
        When(is_whole=True, then=Value(BEGINS)),
        default=Value(CONTAINS),
    )
    order = ["closeness", "-population", "area_id"]
    matching = Spelling.objects.beginning(text).annotate(closeness=closeness).order_by(*order)
    best = {}  # a commune has a few spellings that begin alike
    for pk, close in matching.values_list("area_id", "closeness")[: 4 * limit]:
        best.setdefault(pk, close)
    communes = Area.objects.in_bulk(best) if best else {}
    for pk, commune in communes.items():
        commune.closeness = best[pk]
    return [communes[pk] for pk in best]


def by_words(words):
    """Those with a word that begins like each of these, in the name or in the département's."""
    significant = [word for word in words if not word.isdigit() and word not in COMMON]
    spelled = Spelling.objects.beginning(significant[0] if significant else words[0])
    candidates = spelled.order_by("-population").values("area")[:CANDIDATES]
    found = [c for c in ranked(Area.objects.filter(pk__in=candidates)) if is_named(c, words)]
    typed = " ".join(words) + " "
    for commune in found:
        if typed.startswith(fold(commune.name) + " "):  # what follows only says where it is
            commune.closeness = EXACT
        elif has_words(name_words(commune), words):
            commune.closeness = CONTAINS
    return sorted(found, key=lambda commune: commune.closeness)


def is_named(commune, words):
    """Whether all the words are the commune's, or its département's, or the latter's number."""
    departement = commune.code[: 3 if commune.code.startswith(("97", "98")) else 2].lower()
    return has_words(f"{name_words(commune)} {fold(commune.place)} {departement}", words)


def name_words(commune):
    return f"{fold(commune.name)} {fold(commune.name.replace('’', ''))}"


def has_words(known, words):
    return all(f" {word}" in f" {known}" for word in words)


def ranked(communes, closeness=SCATTERED, limit=None):
    order = [F("population").desc(nulls_last=True), "name", "code"]
    return [*communes.annotate(closeness=Value(closeness)).order_by(*order)[:limit]]


def sure_one(found: list[Area]) -> Area | None:
    """The commune that was meant, of what ``lookup`` found, or None when it is to be asked.

    « Évry » is asked: it is a village of the Yonne, and how people call the larger
    Évry-Courcouronnes.
    """
    if len(found) == 1:
        return found[0]
    exact = [commune for commune in found if commune.closeness == EXACT]
    if len(exact) != 1:
        return None
    name, population = fold(exact[0].name) + " ", exact[0].population or 0
    larger = [
        c for c in found if fold(c.name).startswith(name) and (c.population or 0) > population
    ]
    return None if larger else exact[0]


def of_departement(name):
    """« de la Sarthe », « du Jura », « de l’Ain », « des Landes », « d’Ille-et-Vilaine »."""
    vowel = name[0] in "AEIOUYÉ" or name.startswith("Hér")
    if name in PLURAL:
        return f"des {name}"
    if name in WITHOUT_ARTICLE or "-et-" in name:
        return f"d’{name}" if vowel else f"de {name}"
    if name.startswith(("La ", "Saint-")):
        return f"de {name}"
    if vowel:
        return f"de l’{name}"
    return f"du {name}" if name in MASCULINE else f"de la {name}"
