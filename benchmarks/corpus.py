"""Territories and challenges made from a seed, the same on every machine and every database."""

import random

from challenges.models import Challenge
from territories.models import Designation, Organisation, Territory, Wave

# The commonest first: each word is drawn the less often as it comes later.
COMMON = """
territoire social emploi innovation habitat association jeunes économie solidaire projet personnes
santé mobilité ville commune insertion entreprise écologique énergie école alimentation
agriculture numérique culture logement handicap formation coopérative réseau accompagnement
quartier parents enfants seniors vieillesse précarité égalité biodiversité déchets réemploi
artisanat transition sobriété tourisme sport patrimoine bénévoles l’accueil l’eau d’autonomie
l’inclusion qu’employeurs
"""
SYLLABLES = "ba co di fé gan lou mer nis pré ro sai tu val zon chi dra"
MADE = 4000
BY_TERRITORY = 99  # challenges
TITLE_WORDS = 4

QUERIES = [
    "territoire",
    "emploi",
    "L'EMPLOI",
    "emplo",
    "ter",
    "san",
    "pré",
    "innovation sociale",
    "économie sociale et solidaire",
    "habitat jeunes santé mobilité",
    "territoire social emploi innovation habitat association jeunes économie",
    "vieillesse",
    "qu'employeur",
    "d’autonomie",
    "bénévole sport",
    "benevoles sports culture",
    "baco",
    "valzonchi",
    "coopérative réem",
    "eaux",
    "introuvable",
    "territoire introuvable",
    "déchets introuvables",
    "tourisme 1234",
    "1234",
    "123",
    "logement handicap",
    "transition écologique énergie sobriété",
    'réseau"écol(e',
    "🏡 inclusion % _",
]


def fill(count, words):
    """Create ``count`` public rows, one territory for 99 challenges, of so many words each."""
    numbers = random.Random(2019)  # noqa: S311 - a seed, on purpose
    made = (
        "".join(numbers.choices(SYLLABLES.split(), k=numbers.randint(2, 4))) for _ in range(MADE)
    )
    vocabulary = [*COMMON.split(), *sorted(set(made))]
    shares = [1 / rank for rank in range(8, len(vocabulary) + 8)]

    def text(length):
        return " ".join(numbers.choices(vocabulary, shares, k=length))

    size = count // (BY_TERRITORY + 1)
    territories = Territory.objects.bulk_create(
        Territory(
            name=f"{text(TITLE_WORDS)} {number}",
            slug=f"genere-{number}",
            kind="pays",
            publication="published",
            presentation=text(words),
        )
        for number in range(size)
    )
    wave = Wave.objects.get_or_create(number=1)[0]
    Designation.objects.bulk_create(Designation(territory=row, wave=wave) for row in territories)
    carrier = Organisation.objects.create(name="Généré", slug="genere", category="association")
    Challenge.objects.bulk_create(
        Challenge(
            territory=territories[number % size],
            carrier=carrier,
            number=number,
            title=f"{text(TITLE_WORDS)} {number}",
            slug=f"genere-{number}",
            need=text(words),
            publication="published",
        )
        for number in range(count - size)
    )
