"""The search page: what it finds, what it never finds, and any text at all."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from challenges.models import Theme
from geography.models import PostalCode, Spelling
from geography.names import spellings
from search.index import rebuild
from search.results import PAGE_SIZE, PREVIEW
from territories.models import Demonstration
from tests import factories

pytestmark = pytest.mark.django_db

SEARCH = "/recherche/"


@pytest.fixture
def find(read):
    """``find(text, **query)``: the page of results, over an index made now."""

    def found(text, **query):
        rebuild()
        return read(SEARCH, {"q": text} | query)

    return found


def found_in(page):
    """The addresses of the results, as they are ordered."""
    titles = page.tree.find(".//main").iterfind(".//h3[@class='hit__title']/a")
    return [title.get("href") for title in titles]


def announced(page):
    return page.texts("p[@role='status']")


def test_nothing_asked_says_what_can_be_and_shows_how(read):
    page = read(SEARCH)

    assert page.texts("h2") == ["Ce que l’on peut chercher"]
    assert announced(page) == []
    examples = [address for _, address in page.links if address.startswith("?q=")]
    assert len(examples) == 10


def test_each_kind_is_found_and_counted(find):
    territory = factories.territory(name="Pays du Tilleul", slug="tilleul")
    carrier = factories.organisation(name="Les Tilleuls", slug="les-tilleuls")
    factories.challenge(title="Tilleul pour tous", slug="t", territory=territory, carrier=carrier)
    axis = factories.pillar(1, slug="axe", short_title="Tilleuls")
    factories.instrument(name="fonds Tilleul", slug="fonds", measure=factories.measure(pillar=axis))

    page = find("TILLEULS")

    assert announced(page) == ["5 résultats pour « TILLEULS »"]
    assert page.texts("h2") == ["Territoires 1", "Défis 1", "Acteurs 1", "Axes et dispositifs 2"]
    assert found_in(page) == [
        "/territoires/tilleul/",
        "/defis/t/",
        "/acteurs/les-tilleuls/",
        "/label/axes/axe/#fonds",
        "/label/axes/axe/",
    ]


def test_the_manifesto_the_themes_and_the_pages_are_found(find):
    factories.manifesto()
    factories.challenge().themes.add(Theme.objects.create(name="mobilité", slug="mobilite"))

    assert found_in(find("ensemble nous sommes")) == ["/manifeste/"]
    assert found_in(find("mobilites"))[0] == "/themes/mobilite/"
    assert found_in(find("SCIC")) == ["/label/#glossaire"]
    assert found_in(find("candidater")) == ["/label/#appel"]
    assert found_in(find("accessibilité")) == ["/accessibilite/"]


@pytest.mark.parametrize(
    "typed",
    [
        "l’emploi",
        "L'EMPLOI",
        "emplois",
        "d’emploi",
        "emplo",
        "Ｅｍｐｌｏｉ",
        "emploi !",
        "(emploi)",
    ],
)
def test_a_word_is_found_however_it_is_written(find, typed):
    factories.challenge(title="L’emploi pour tous", slug="emploi")

    assert found_in(find(typed, type="defis")) == ["/defis/emploi/"]


def test_the_beginning_of_the_last_word_is_enough(find):
    factories.challenge(title="Des employeurs engagés", slug="employeurs")
    factories.challenge(title="L’emploi d’abord", slug="emploi")

    assert found_in(find("emplo", type="defis")) == ["/defis/employeurs/", "/defis/emploi/"]
    assert found_in(find("emploi")) == ["/defis/emploi/"]
    assert announced(find("emplo engagés"))[0].startswith("Rien n’a tous les mots")


def test_the_title_weighs_more_than_the_text(find):
    factories.challenge(title="Abri", slug="z-texte", need="Un jardin. Un jardin. Le jardin.")
    factories.challenge(title="Un jardin", slug="jardin")
    factories.challenge(title="Zéro jardin sans toit", slug="zero")

    assert found_in(find("jardins")) == ["/defis/jardin/", "/defis/zero/", "/defis/z-texte/"]


def test_a_word_itself_comes_before_those_it_begins(find):
    factories.challenge(title="Autonomie", slug="autonomie")
    factories.challenge(title="Zone auto", slug="auto")

    assert found_in(find("auto")) == ["/defis/auto/", "/defis/autonomie/"]


def test_all_the_words_else_some_of_them_and_it_says_so(find):
    factories.challenge(title="Habiter", slug="habiter", need="Un étang.")
    factories.challenge(title="Les étangs", slug="etangs")

    both = find("habiter étang")
    some = find("étang habiter zzz")

    assert announced(both) == ["1 résultat pour « habiter étang »"]
    assert announced(some) == [
        "Rien n’a tous les mots de « étang habiter zzz ». 2 résultats en ont une partie."
    ]
    assert found_in(some) == ["/defis/habiter/", "/defis/etangs/"]


def test_an_excerpt_shows_the_words_sought_and_nothing_else_as_markup(find):
    need = "Rien ici. " * 60 + "Un <b>jardin</b> & une ferme. " + "Rien là. " * 60
    factories.challenge(title="La ferme", slug="ferme", need=need)

    page = find("jardins ferme")

    assert page.texts("h3") == ["La ferme"]
    assert page.texts("mark") == ["ferme", "jardin", "ferme"]
    (excerpt,) = page.texts("p[@class='hit__excerpt']")
    assert excerpt.startswith("… Un <b>jardin</b> & une ferme.")
    assert excerpt.endswith("…")
    assert len(excerpt) < 250


def test_what_is_fictional_says_so(find):
    factories.challenge(title="Potager", demonstration=Demonstration.objects.create())

    assert "Fictif" in find("potager").texts("p")


def test_each_kind_shows_its_best_and_leads_to_the_others(find):
    for number in range(PREVIEW + 1):
        factories.challenge(title=f"Potager {number}", slug=f"potager-{number}")

    page = find("potager")

    assert len(found_in(page)) == PREVIEW
    assert ("Les 6 résultats de la sorte « Défis »", "?q=potager&type=defis") in page.links
    assert len(found_in(find("potager", type="defis"))) == PREVIEW + 1


def test_a_kind_is_read_by_pages_that_keep_the_query(find, client):
    for number in range(10, 10 + PAGE_SIZE + 5):
        factories.challenge(title=f"Potager {number}", slug=f"potager-{number}")
    factories.territory(name="Potager")

    first = find("potager", type="defis")
    second = find("potager", type="defis", page="2")

    assert found_in(first) == [f"/defis/potager-{n}/" for n in range(10, 10 + PAGE_SIZE)]
    assert found_in(second) == [f"/defis/potager-{n}/" for n in range(30, 35)]
    assert ("2", "?q=potager&type=defis&page=2") in first.links
    assert announced(second) == ["26 résultats pour « potager »"]
    title = second.tree.findtext(".//title")
    assert title.replace("\xa0", " ").startswith("« potager » : 26 résultats, page 2 — Recherche")
    for odd in ["3", "0", "-1", "9" * 30, "x", "²"]:
        assert found_in(find("potager", type="defis", page=odd)) in (
            found_in(first),
            found_in(second),
        )


def test_a_kind_without_result_or_unknown_shows_them_all(find):
    factories.challenge(title="Potager", slug="potager")

    for kind in ["acteurs", "zzz", "\0"]:
        assert found_in(find("potager", type=kind)) == ["/defis/potager/"]
        assert found_in(find("potager", type=kind, page="7")) == ["/defis/potager/"]


def test_nothing_found_says_what_to_do(find):
    page = find("zzzz")

    assert announced(page) == ["Aucun résultat pour « zzzz »"]
    assert "Vérifiez l’orthographe" in page.text
    addresses = {address for _, address in page.links}
    assert {"/ma-commune/", "/territoires/", "/defis/", "/plan-du-site/"} <= addresses


@pytest.mark.parametrize("typed", ["le", "l’", "🏡", "…", "日本", "%", "\0"])
def test_no_word_to_look_for_says_so(find, typed):
    page = find(typed)

    assert found_in(page) == []
    assert "Vérifiez l’orthographe" not in page.text


HOSTILE = [
    'a"b(c',
    "%",
    "_",
    "🏡 maison",
    "\0",
    "maison\0forte",
    "\u202emaison",
    "x" * 10_000,
    "maison " * 5_000,
    "' OR 1=1 --",
    "\\",
    "maison:*&!|",
    "{{ 7|add:7 }}{% debug %}",
    "<script>alert(1)</script>",
    "ﬁﬂ ½ Ⅻ",
    "e\u0301" * 300,
    "İstanbul",
    "\ud800",
]


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_any_text_gives_a_page(client, queries, typed):
    factories.challenge(title="Une maison à soi")
    rebuild()
    raw = typed.encode("utf-8", "surrogatepass")

    with queries():
        response = client.get(SEARCH, {"q": raw, "page": raw})

    assert response.status_code == 200
    html = response.content.decode()
    assert "<script>alert" not in html
    assert len(html) < 40_000


def test_any_bytes_give_a_page(client):
    assert client.get(SEARCH, QUERY_STRING="q=%ff%fe%00%e9&type=%ff&page=%00").status_code == 200
    assert client.get(SEARCH, QUERY_STRING="q=maison&q=forte").status_code == 200


def test_a_long_query_is_cut_and_says_so(find):
    assert "seuls ses premiers mots ont compté" in find("maison " * 50).text
    assert "seuls ses premiers mots ont compté" not in find("maison").text


def test_it_is_only_read(client):
    assert client.post(SEARCH).status_code == 405
    assert client.head(SEARCH).status_code == 200


def test_engines_keep_the_page_but_not_its_results(client):
    noindex = '<meta name="robots" content="noindex">'

    assert noindex not in client.get(SEARCH).content.decode()
    assert noindex in client.get(SEARCH, {"q": "maison"}).content.decode()


# What is not public.


def test_nothing_unpublished_is_found(find):
    shown = factories.territory()
    tomorrow = timezone.localdate() + timedelta(days=1)
    embargoed = factories.territory(name="Secret", labelled=False)
    factories.designation(territory=embargoed, granted_on=tomorrow)
    factories.challenge(title="Secret", territory=embargoed)
    factories.territory(name="Secret", labelled=False)
    for publication in ["draft", "archived"]:
        hidden = factories.territory(name="Secret", publication=publication)
        factories.challenge(title="Secret", territory=hidden)
    for publication in ["draft", "submitted", "archived"]:
        challenge = factories.challenge(
            title="Secret",
            territory=shown,
            publication=publication,
            carrier=factories.organisation(name="Secret"),
        )
        challenge.themes.add(Theme.objects.create(name=f"secret {publication}", slug=publication))
        factories.objective(challenge=challenge, wording="Secret")
    factories.organisation(name="Secret")
    factories.manifesto(in_force=False)

    for typed in ["secret", "secre", "secrets", "draft", "nous sommes ensemble"]:
        assert found_in(find(typed)) == [], typed


def test_what_stops_being_public_is_lost_at_once_whoever_stopped_it(read):
    territory = factories.territory(name="Tilleul", slug="tilleul")
    factories.challenge(title="Tilleul", slug="defi", territory=territory)
    rebuild()
    assert found_in(read(SEARCH, {"q": "tilleul"})) == ["/territoires/tilleul/", "/defis/defi/"]

    type(territory).objects.filter(pk=territory.pk).update(publication="archived")
    assert found_in(read(SEARCH, {"q": "tilleul"})) == []

    type(territory).objects.filter(pk=territory.pk).update(publication="published")
    assert len(found_in(read(SEARCH, {"q": "tilleul"}))) == 2

    later = timezone.localdate() + timedelta(days=1)
    territory.designations.update(granted_on=later)
    assert found_in(read(SEARCH, {"q": "tilleul"})) == []

    territory.designations.update(granted_on=later - timedelta(days=1))
    assert len(found_in(read(SEARCH, {"q": "tilleul"}))) == 2


# Communes.


def commune(name, code, postcode, **fields):
    area = factories.area(level="commune", name=name, code=code, **fields)
    PostalCode.objects.create(code=postcode, area=area)
    for text, is_whole in spellings(name):
        Spelling.objects.create(area=area, text=text, is_whole=is_whole, population=1)
    return area


def test_a_commune_leads_to_its_page(find):
    commune("Pantin", "93055", "93500")
    commune("Saint-Denis", "93066", "93200", place="Seine-Saint-Denis", population=2)
    commune("Saint-Denis", "97411", "97400", place="La Réunion", population=1)

    for typed in ["Pantin", "pantin", "93500", "93055"]:
        page = find(typed)
        assert "Votre commune ?" in page.text
        assert ("Pantin", "/ma-commune/93055/") in page.links
    page = find("st denis")
    assert "L’une de ces communes ?" in page.text
    assert [link for link in page.links if link[1].startswith("/ma-commune/9")] == [
        ("Saint-Denis (Seine-Saint-Denis)", "/ma-commune/93066/"),
        ("Saint-Denis (La Réunion)", "/ma-commune/97411/"),
    ]
    for typed in ["Pant", "emploi", "", "99999", "x" * 10_000]:
        assert "commune ?" not in find(typed).texts("h2")


def test_the_most_costly_page_asks_few_queries(client, queries):
    commune("Pantin", "93055", "93500")
    for number in range(PAGE_SIZE + 1):
        factories.challenge(title=f"Pantin {number}")
    rebuild()

    with queries(7):
        client.get(SEARCH, {"q": "zzz pantin", "type": "defis", "page": "99"})


def test_the_typography_of_every_state(find):
    factories.challenge(title="Potager")
    fault = re.compile(r"[ ][:;!?»]|« |[^\W\d_]'[^\W\d_]")
    for typed in ["potager", "zzz", "le", "potager zzz", "potager " * 60]:
        texts = ["".join(e.itertext()) for e in find(typed).tree.find(".//main").iterfind(".//p")]
        assert [text for text in texts if fault.search(text)] == []
