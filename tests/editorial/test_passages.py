"""The words that staff may rewrite: what the pages say of them, and how often they ask."""

from io import StringIO

import html5lib
import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.urls import reverse

from editorial.models import Passage
from editorial.passages import DECLARED, PAGES, complete
from frenchimpact.errors import error_page
from tests import factories
from tests.hostile import SCRIPTS, unsafe
from tests.site import founding

pytestmark = pytest.mark.django_db

SHORT = [key for key, declared in DECLARED.items() if not declared.choices]


def page_of(key):
    return reverse(DECLARED[key].page)


def html_of(client, path):
    cache.clear()  # as ten seconds do
    return client.get(path).content.decode()


@pytest.mark.parametrize("key", SHORT)
def test_each_passage_is_said_by_its_page(client, key):
    page, words = page_of(key), "Des mots bien à nous"
    assert words not in html_of(client, page)

    factories.passage(key, words)

    assert words in html_of(client, page)


@pytest.mark.parametrize("key", DECLARED)
def test_without_text_the_page_says_the_words_of_the_site(client, key):
    before = html_of(client, page_of(key))

    factories.passage(key, "")

    assert html_of(client, page_of(key)) == before


@pytest.mark.parametrize("key", DECLARED)
def test_a_declaration_is_whole(key):
    declared = DECLARED[key]
    words = complete({})[key]

    assert len(key) <= Passage._meta.get_field("key").max_length
    assert declared.page in PAGES
    assert declared.full_help
    assert len(words) <= declared.longest
    assert not declared.choices or words in declared.choices
    assert max(map(len, declared.choices), default=0) <= declared.longest


@pytest.mark.parametrize("key", [key for key in DECLARED if DECLARED[key].anchor])
def test_an_anchor_is_on_its_page(client, key):
    factories.challenge()

    assert f'id="{DECLARED[key].anchor}"' in html_of(client, page_of(key))


def counted(tree):
    """How many of each element that a hostile text might have given, and the scripts' addresses."""
    tags = ["iframe", "style", "base", "form", "meta", "details", "math", "img", "svg", "input"]
    scripts = [script.get("src") for script in tree.iter("script")]
    return scripts, [len([*tree.iter(tag)]) for tag in tags]


def tree_of(client, path):
    return html5lib.parse(html_of(client, path), namespaceHTMLElements=False)


@pytest.fixture
def trees_of_the_site(client):
    names = dict.fromkeys(declared.page for declared in DECLARED.values())
    return {path: counted(tree_of(client, path)) for path in map(reverse, names)}


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_hostile_text_is_inert(client, trees_of_the_site, script):
    for key in SHORT:
        factories.passage(key, script)

    for path, before in trees_of_the_site.items():
        tree = tree_of(client, path)
        assert counted(tree) == before, path
        for element in tree.iter():
            assert not [name for name, _ in element.items() if name.startswith("on")]
            assert "javascript:" not in (element.get("href") or "").lower()


def test_markdown_is_prose_under_the_headings_of_its_page(read):
    factories.passage(
        "legal_text", "# Reprendre\n\n**Citez** [le portail](https://a.test).\n\n- un"
    )
    factories.passage("home_call", "# Postuler\n\nUn AMI, puis un AMI.")

    page = read("/mentions-legales/")
    assert page.texts("h2") == ["Reprendre"]
    assert ("le portail", "https://a.test") in page.links
    home = read("/")
    assert "Postuler" in home.texts("h3")
    assert home.texts("abbr") == ["AMI"]


def test_a_line_is_no_markdown(read):
    factories.passage("home_title", "**Un** & <b>deux</b>")

    assert read("/").texts("h1") == ["**Un** & <b>deux</b>"]


def test_the_description_follows_the_title_until_it_is_written(client):
    factories.passage("home_title", "Un titre « neuf »")
    assert '<meta name="description" content="Un titre « neuf »\u00a0: qui' in html_of(client, "/")

    factories.passage("home_description", 'Dite "autrement"')
    assert 'content="Dite &quot;autrement&quot;"' in html_of(client, "/")


def test_the_contact_of_accessibility_follows_the_other(read, settings):
    settings.LEGAL = settings.LEGAL | {"contact": "contact@exemple.test"}
    assert "contact@exemple.test" in read("/accessibilite/").text

    cache.clear()
    factories.passage("legal_contact", "bureau@exemple.test")
    assert "bureau@exemple.test" in read("/accessibilite/").text

    cache.clear()
    factories.passage("accessibility_contact", "acces@exemple.test")
    page = read("/accessibilite/")
    assert "acces@exemple.test" in page.text
    assert "bureau@exemple.test" not in page.text


def test_the_state_of_conformity_is_said_the_same_everywhere(client, read):
    factories.passage("accessibility_state", "partiellement conforme")
    factories.passage("accessibility_date", "12 mars 2026")

    page = read("/accessibilite/")
    assert "Ce portail est partiellement conforme au" in page.text
    assert "Le résultat de l’audit de conformité sera donné ici." in page.text
    assert "Cette déclaration a été établie le 12 mars 2026." in page.text
    for html in [html_of(client, "/"), html_of(client, "/accessibilite/")]:
        assert "Accessibilité\u00a0: partiellement conforme" in html
        assert "non conforme" not in html


def test_an_undated_declaration_says_nothing_of_a_date(read):
    assert "établie le" not in read("/accessibilite/").text


# Read seldom.


def test_one_look_at_the_database_in_ten_seconds(client, django_assert_num_queries):
    client.get("/accessibilite/")
    factories.passage("accessibility_date", "12 mars 2026")

    with django_assert_num_queries(0):
        assert "12 mars 2026" not in client.get("/accessibilite/").text
    assert "12 mars 2026" in html_of(client, "/accessibilite/")


def test_all_is_asked_in_two_queries(client, django_assert_num_queries):
    for key in DECLARED:
        factories.passage(key)
    for _ in range(5):
        factories.notice()
    cache.clear()
    cache.set("has_demonstration", False)

    with django_assert_num_queries(2):
        client.get("/accessibilite/")


def test_an_error_page_says_what_is_kept_and_asks_nothing(client, rf, django_assert_num_queries):
    factories.passage("accessibility_state", "totalement conforme")
    with django_assert_num_queries(0):
        assert "non conforme" in error_page(rf.get("/"), 404).content.decode()

    client.get("/")
    with django_assert_num_queries(0):
        assert "totalement conforme" in error_page(rf.get("/"), 404).content.decode()


# The rows.


def test_the_loader_gives_each_passage_its_row_and_touches_no_other():
    written = factories.passage("home_lead", "À nous")
    factories.passage("autrefois", "Plus montré")
    with founding.label_loaded():
        assert {*DECLARED, "autrefois"} == {*Passage.objects.values_list("key", flat=True)}
        before = Passage.history.count()

        call_command("load_label", overwrite=True, stdout=StringIO())

        assert Passage.history.count() == before
        written.refresh_from_db()
        assert written.text == "À nous"


def test_the_pages_do_without_the_rows(client):
    assert not Passage.objects.exists()

    assert "Le label distingue les territoires" in client.get("/").text


@pytest.mark.parametrize("key", DECLARED)
def test_the_words_of_the_site_are_prose(key):
    """Their typography is checked on their pages (tests/site/test_quality.py)."""
    tree = html5lib.parseFragment(complete({})[key], namespaceHTMLElements=False)

    assert unsafe(tree, set()) == []
