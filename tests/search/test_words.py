"""Words as search compares them, queries within bounds, excerpts."""

import pytest

from search.excerpts import LENGTH, excerpt, mark
from search.query import LONGEST, TERMS, Query
from search.words import fold, sort_key, stem, vocabulary


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("emploi", "emplois"),
        ("social", "sociaux"),
        ("labellisé", "labellisées"),
        ("travail", "travaux"),
        ("lieu", "lieux"),
        ("économie", "ECONOMIQUES"),
        ("cœur", "COEURS"),
        ("âgée", "agés"),
        ("innovation", "innovants"),
    ],
)
def test_inflexions_are_one(one, other):
    assert stem(fold(one)) == stem(fold(other))


@pytest.mark.parametrize(("one", "other"), [("label", "labeur"), ("mais", "maison")])
def test_other_words_are_not(one, other):
    assert stem(fold(one)) != stem(fold(other))


def test_elisions_and_empty_words_are_left_out():
    text = "L’emploi qu'il faut d’aujourd’hui, jusqu’à l'Est"

    assert vocabulary(text) == {"emploi", "faut", "aujourd", "hui", "est"}


def test_letters_in_two_characters_are_one():
    assert vocabulary("e\u0301cole") == vocabulary("école") == {"ecole"}


def test_what_is_not_latin_is_no_word():
    assert vocabulary("日本 🏡 % … \0") == set()
    assert len(fold("x" * 500)) == 40


def test_titles_sort_without_accent_capital_or_article_sign():
    titles = ["Zone", "Île", "élan", "Abri"]

    assert sorted(titles, key=sort_key) == ["Abri", "élan", "Île", "Zone"]


@pytest.mark.django_db
def test_a_query_stays_within_bounds():
    many = Query.read(" ".join(f"mot{n}" for n in range(60)))

    assert [term.word for term in many.terms] == [f"mot{n}" for n in range(TERMS)]
    assert many.is_cut
    assert len(Query.read("x" * 10_000).text) == LONGEST
    assert Query.read("maison maison").terms[0].word == "maison"
    assert len(Query.read("maison maison").terms) == 1
    assert Query.read("la  \0 maison ").text == "la maison"
    assert Query.read("").terms == []


def test_marks_are_the_only_markup():
    assert mark("<i>L’emploi</i> & vous", {stem("emploi")}) == (
        "&lt;i&gt;L’<mark>emploi</mark>&lt;/i&gt; &amp; vous"
    )


@pytest.mark.parametrize(
    "text",
    ["", "court", "mot " * 500, "x" * 5000, ("a" * 70 + " ") * 90 + "but" + " b" * 900, "but"],
)
def test_an_excerpt_is_short_whatever_the_text(text):
    shown = excerpt(text, {"but"})

    assert len(shown) <= LENGTH + len("…\u00a0…<mark></mark>")
    assert ("<mark>but</mark>" in shown) == ("but" in text)
