"""/espace/<territoire>/releves/<défi>/: every reading, who gave it, and what became of it."""

import html as markup
from datetime import date

import html5lib
import pytest

from challenges.models import Reading
from territories.models import Demonstration
from tests import factories
from tests.conftest import Page

pytestmark = pytest.mark.django_db

PAGE = "/espace/grasse/releves/habiter/"


@pytest.fixture
def shown(signed_in):
    """``shown()``: the page, as a contributor sees it."""
    client = signed_in("contributor")

    def opened(path=PAGE):
        response = client.get(path)
        assert response.status_code == 200
        html = response.content.decode()
        return Page(html5lib.parse(html, namespaceHTMLElements=False))

    opened.client = client
    return opened


def correct_links(page):
    return [address for words, address in page.links if words.startswith("Corriger")]


def test_each_reading_with_its_value_date_source_state_and_author(shown, grasse):
    author = factories.coordinator(territory=grasse, user=factories.user(name="Camille Roux")).user
    factories.reading(objective=grasse.challenge.goal, value="12.5", by=author, state="validated")

    [row] = [text for text in shown().texts("li") if "Comptage" in text]
    for words in [
        "12,5 personnes",
        "30 juin 2020",
        "Comptage du porteur",
        "Camille Roux",
        "Validé",
    ]:
        assert words in row


def test_a_corrected_one_is_struck_says_who_and_cannot_be_corrected_again(shown, grasse):
    wrong = factories.reading(objective=grasse.challenge.goal, value=121)
    better = factories.reading(
        objective=grasse.challenge.goal,
        value=12,
        supersedes=wrong,
        by=shown.client.coordinator.user,
    )

    page = shown()

    assert page.texts("del") == ["121 personnes"]
    assert f"par {shown.client.coordinator.user.email}" in page.text
    assert "Corrigé le" in page.text
    assert correct_links(page) == [f"{PAGE}{better.pk}/"]


def test_a_rejected_one_is_struck_and_what_it_corrected_stands_again(shown, grasse):
    old = factories.reading(objective=grasse.challenge.goal, value=9)
    factories.reading(objective=grasse.challenge.goal, value=7, supersedes=old, state="rejected")

    page = shown()

    assert page.texts("del") == ["7 personnes"]
    assert "Rejeté" in page.text
    assert correct_links(page) == [f"{PAGE}{old.pk}/"]


def test_a_fictional_one_says_so_and_is_not_for_a_real_coordinator_to_correct(shown, grasse):
    batch = Demonstration.objects.create()
    factories.reading(objective=grasse.challenge.goal, demonstration=batch)

    page = shown()

    assert "donnée fictive" in page.text
    assert correct_links(page) == []


def test_readings_of_others_are_not_shown(shown, grasse):
    other = factories.challenge(territory=grasse)
    factories.reading(objective=factories.objective(challenge=other), source="CONFIDENTIEL")

    assert "CONFIDENTIEL" not in shown().text


def test_a_challenge_that_is_over_is_corrected_too_not_one_the_public_does_not_see(shown, grasse):
    for slug, fields, status in [
        ("fini", {"stage": "achieved"}, 200),
        ("brouillon", {"publication": "draft"}, 404),
        ("archive", {"publication": "archived"}, 404),
    ]:
        factories.challenge(territory=grasse, slug=slug, **fields)
        assert shown.client.get(f"/espace/grasse/releves/{slug}/").status_code == status
    factories.challenge(slug="ailleurs")
    assert shown.client.get("/espace/grasse/releves/ailleurs/").status_code == 404


def test_without_reading_the_page_says_where_to_give_one(shown, grasse):
    assert "Pas encore mesuré" in shown().text
    assert ("point d’étape", f"/espace/grasse/point/#defi-{grasse.challenge.pk}") in shown().links

    grasse.challenge.goal.delete()
    assert "il n’y a pas de relevé" in shown().text


def test_the_point_and_the_home_lead_there(shown, grasse):
    for path in ["/espace/grasse/point/", "/espace/"]:
        assert PAGE in [address for _, address in shown(path).links]


def test_a_reader_has_no_link_to_what_only_writers_open(signed_in):
    assert PAGE not in signed_in("reader").get("/espace/").content.decode()


def test_the_author_of_the_staff_is_the_team_of_the_label(shown, grasse):
    staff = factories.user(is_staff=True, name="Dominique Agent", email="agent@label.test")
    factories.reading(objective=grasse.challenge.goal, by=staff)

    text = shown().text

    assert "par l’équipe du label" in text
    assert "Dominique" not in text
    assert "agent@label.test" not in text


def test_queries_do_not_grow_with_readings(shown, grasse, queries):
    def asked():
        with queries(limit=12) as captured:
            shown()
        return len(captured)

    factories.reading(objective=grasse.challenge.goal)
    few = asked()
    for n in range(20):
        goal = factories.objective(challenge=grasse.challenge)
        old = factories.reading(objective=goal, by=factories.coordinator(territory=grasse).user)
        factories.reading(objective=goal, value=n, supersedes=old, on=date(2020, 7, 1))
        factories.report(challenge=grasse.challenge)

    assert asked() == few


def test_hostile_words_are_escaped(shown, grasse):
    factories.reading(objective=grasse.challenge.goal, source="<script>1</script>", comment="<b>")

    html = shown.client.get(PAGE).content.decode()

    assert "<script>1" not in html
    assert markup.escape("<script>1</script>") in html
    assert Reading.objects.count() == 1
