"""The same results in the same order on every database: this one test runs on both."""

import hashlib

import pytest

from benchmarks import corpus
from search.index import rebuild
from search.query import Query
from search.results import find

DOCUMENTS = 1_500
WORDS = 12  # of each, beside its title

EXPECTED = {
    "territoire": (300, "e968d22f37d2"),
    "emploi": (300, "e708d2408eb2"),
    "L'EMPLOI": (300, "e708d2408eb2"),
    "emplo": (300, "d916cb0af71e"),
    "ter": (300, "e968d22f37d2"),
    "san": (208, "6babd1901e2b"),
    "pré": (300, "78c6009dfaa3"),
    "innovation sociale": (100, "bd5c1bcddd7d"),
    "économie sociale et solidaire": (12, "d069e4ee421a"),
    "habitat jeunes santé mobilité": (3, "6cbe1058e397"),
    "territoire social emploi innovation habitat association jeunes économie": (
        300,
        "177de9caff45",
    ),
    "vieillesse": (92, "53b8f910d839"),
    "qu'employeur": (71, "fe196fd132f3"),
    "d’autonomie": (65, "b48515cd7465"),
    "bénévole sport": (13, "c34e0c0bd74c"),
    "benevoles sports culture": (1, "3d60d971d7ce"),
    "baco": (300, "c97c22431755"),
    "valzonchi": (2, "75453b8cb53d"),
    "coopérative réem": (4, "e1fe8fd6d04b"),
    "eaux": (70, "1314e0cfe55a"),
    "introuvable": (0, "e3b0c44298fc"),
    "territoire introuvable": (300, "e968d22f37d2"),
    "déchets introuvables": (182, "7e43273ca688"),
    "tourisme 1234": (84, "3891acc4508a"),
    "1234": (1, "03ad0fb81a4b"),
    "123": (11, "4b92ed120d77"),
    "logement handicap": (7, "1df5773c4678"),
    "transition écologique énergie sobriété": (300, "a91b0526e750"),
    'réseau"écol(e': (300, "42790eda0cbb"),
    "🏡 inclusion % _": (64, "b7f146755a17"),
}


@pytest.mark.django_db
def test_the_same_results_in_the_same_order():
    corpus.fill(DOCUMENTS, WORDS)
    rebuild()

    assert {typed: told(typed) for typed in corpus.QUERIES} == EXPECTED


def told(typed):
    """How many results, and a fingerprint of every address shown: of each kind, of two pages."""
    query = Query.read(typed)
    shown = []
    for kind, page in [("", 1), ("territoires", 1), ("defis", 1), ("defis", 2)]:
        results = find(query, kind, page)
        for group in results.groups:
            shown += [group.kind.slug, str(group.count), *(hit.entry.url for hit in group.hits)]
    count = find(query).count
    return count, hashlib.sha256(" ".join(shown).encode()).hexdigest()[:12]
