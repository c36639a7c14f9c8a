"""« Ma commune »: the form, the suggestions, and the answer, 0, 1 or several labels and why."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from geography.models import Area, PostalCode, Spelling
from geography.names import spellings
from territories.communes import nearest
from territories.models import CollectiveMember, Designation, Territory
from tests import factories, france
from tests.site.test_quality import parsed, words_of

pytestmark = pytest.mark.django_db

FORM = "/ma-commune/"
SUGGESTIONS = "/ma-commune/suggestions/"
# A straight apostrophe, or a plain space where French wants one that does not break.
MISSET = re.compile(r"[^\W\d_]'[^\W\d_]|[ ][:;!?»]|«[ ]|\S»|«\S")


def commune(name, code, *, postcodes=(), **fields):
    """A commune of the Seine-Saint-Denis that is looked up by its name and its postcodes."""
    fields = {"place": "Seine-Saint-Denis", "population": 1000} | fields
    created = factories.area(level="commune", code=code, name=name, **fields)
    Spelling.objects.bulk_create(
        Spelling(area=created, text=text, is_whole=whole, population=created.population or 0)
        for text, whole in spellings(name)
    )
    PostalCode.objects.bulk_create(PostalCode(area=created, code=code) for code in postcodes)
    return created


def ept(**fields):
    return factories.area(**{"level": "ept", "name": "Est Ensemble"} | fields)


def pantin(*parents, **fields):
    return commune("Pantin", "93055", postcodes=["93500"], parents=parents, **fields)


def words(response):
    """The page's main text, blanks folded and no-break spaces made plain."""
    main = re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)[0]
    text = re.sub(r"<[^>]*>", " ", main).replace("\u00a0", " ").replace("\u202f", " ")
    return re.sub(r"\s+", " ", text)


def page(client, code="93055"):
    response = client.get(f"/ma-commune/{code}/")
    assert response.status_code == 200
    return words(response)


# The form.


def test_the_form_asks_and_says_nothing_more(client, queries):
    with queries(0):
        response = client.get(FORM)

    assert response.status_code == 200
    assert "Son nom ou son code postal" in words(response)
    assert 'type="text" id="commune" name="q" autocomplete' in response.content.decode()
    assert "error" not in response.content.decode()


@pytest.mark.parametrize("typed", ["Pantin", "pantin", "93500", "93 500", "pant", "93500 Pantin"])
def test_one_commune_leads_to_its_page(client, queries, typed):
    pantin()

    with queries(2):
        response = client.get(FORM, {"q": typed})

    assert (response.status_code, response["Location"]) == (302, "/ma-commune/93055/")
    assert not response.cookies


def test_homonyms_are_told_apart_by_their_departement(client):
    commune("Saint-Denis", "93066")
    commune("Saint-Denis", "97411", place="La Réunion", population=153_810)

    response = client.get(FORM, {"q": "st denis"})

    text = words(response)
    assert response.status_code == 200
    assert "2 communes répondent à « st denis »" in text
    assert "Saint-Denis (La Réunion) 153 810 habitants" in text
    assert text.index("La Réunion") < text.index("(Seine-Saint-Denis)")
    assert 'href="/ma-commune/97411/"' in response.content.decode()
    assert "Quelle commune" in response.content.decode().split("</title>")[0]


def test_a_postcode_of_several_communes_asks_which(client):
    pantin()
    commune("Romainville", "93063", postcodes=["93500"])

    text = words(client.get(FORM, {"q": "93500"}))

    assert "2 communes répondent à « 93500 »" in text
    assert "Romainville (Seine-Saint-Denis)" in text


def test_too_many_communes_are_cut_and_it_is_said(client):
    for n in range(25):
        commune(f"Montreuil-{n}", f"930{n:02}", population=n)

    text = words(client.get(FORM, {"q": "montreuil"}))

    assert "Les 20 premières réponses à « montreuil »" in text
    assert "indiquez son code postal" in text
    assert "Montreuil-24" in text
    assert "Montreuil-4 " not in text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Indiquez le nom ou le code postal de votre commune."),
        ("  ", "Indiquez le nom ou le code postal"),
        ("\0", "Indiquez le nom ou le code postal"),
        ("zzz", "Aucune commune ne s’appelle « zzz ». Vérifiez l’orthographe"),
        ("🏡", "Aucune commune ne s’appelle « 🏡 »"),
        ("Pan\0tin", "Aucune commune ne s’appelle « Pan tin »"),
        ("99999", "Aucune commune n’a le code postal 99999. S’il s’agit d’un code CEDEX"),
        ("x" * 101, "C’est trop long : 100 caractères au plus"),
        ("<b>", "Aucune commune ne s’appelle « &lt;b&gt; »"),
    ],
)
def test_what_is_not_found_is_kept_and_explained_beside_the_field(client, queries, typed, said):
    with queries(2):
        response = client.get(FORM, {"q": typed})

    html = response.content.decode()
    assert response.status_code == 200
    assert said in words(response)
    assert 'aria-describedby="commune-aide commune-erreur" aria-invalid="true"' in html
    assert 'id="commune-erreur"' in html
    assert "<title>Erreur" in html
    if typed in {"zzz", "🏡", "99999", "x" * 101}:
        assert f'value="{typed}"' in html


@pytest.mark.parametrize("address", [FORM, SUGGESTIONS, "/ma-commune/93055/"])
def test_it_is_only_read(client, address):
    assert client.post(address).status_code == 405


# The suggestions.


def test_suggestions_are_named_placed_and_linked(client, queries):
    pantin()
    commune("Pantin-la-Neuve", "77001", place="")

    with queries(2):
        response = client.get(SUGGESTIONS, {"q": "PANT"})

    assert response.json() == [
        {"code": "93055", "label": "Pantin (Seine-Saint-Denis)", "url": "/ma-commune/93055/"},
        {"code": "77001", "label": "Pantin-la-Neuve", "url": "/ma-commune/77001/"},
    ]
    assert response["Cache-Control"] == "public, max-age=3600"
    assert not response.cookies
    assert "Vary" not in response or "Cookie" not in response["Vary"]


@pytest.mark.parametrize("typed", ["", "p", " p ", "\0", "🏡🏡", "p" * 101, "zzz"])
def test_there_may_be_no_suggestion(client, typed):
    pantin()

    response = client.get(SUGGESTIONS, {"q": typed})

    assert (response.status_code, response.json()) == (200, [])


def test_suggestions_are_eight_at_most_the_most_populous_first(client):
    for n in range(12):
        commune(f"Montreuil-{n}", f"930{n:02}", population=n)

    response = client.get(SUGGESTIONS, {"q": "mont"})

    assert [c["code"] for c in response.json()] == [f"930{n:02}" for n in range(11, 3, -1)]


# The answer.


def test_an_unknown_code_is_404(client):
    factories.area(level="epci", code="93055", name="Homonyme")

    for code in ["93055", "93999", "2A004", "9305", "930555", "abcde", "2a004"]:
        assert client.get(f"/ma-commune/{code}/").status_code == 404, code


def test_one_label_and_why(client, queries):
    area = ept()
    pantin(area)
    territory = factories.territory(name="Est Ensemble", slug="est-ensemble", areas=[area])
    carrier = factories.organisation(name="La Ruche")
    factories.challenge(territory=territory, carrier=carrier, title="Habiter", slug="habiter")
    factories.challenge(territory=territory, title="CONFIDENTIEL", publication="draft")
    lead = factories.organisation(name="Le Chef de file")
    CollectiveMember.objects.create(territory=territory, organisation=lead, role="lead")

    with queries(6):
        response = client.get("/ma-commune/93055/")

    html, text = response.content.decode(), words(response)
    assert "<title>Pantin — Ma commune — Le French Impact</title>" in html
    assert '<link rel="canonical" href="http://testserver/ma-commune/93055/">' in html
    assert "Oui. Pantin fait partie d’un territoire labellisé." in text
    assert (
        "Pantin est dans Est Ensemble (établissement public territorial), périmètre du "
        "territoire Est Ensemble." in text
    )
    assert 'href="/territoires/est-ensemble/"' in html
    assert "Labellisé — 1re vague" in text
    assert 'href="/defis/habiter/"' in html
    assert "porté par La Ruche" in text
    assert "Chef de file du collectif : Le Chef de file" in text
    assert "CONFIDENTIEL" not in html
    assert "les plus proches" not in text
    assert not response.cookies


def test_what_is_not_known_of_the_collective_is_not_invented(client):
    area = ept()
    pantin(area)
    factories.territory(areas=[area])

    text = page(client)

    assert "Ce territoire n’a pas encore publié de défi à rejoindre." in text
    assert "Le chef de file de son collectif n’est pas encore renseigné." in text


def test_all_the_labels_that_overlap(client, queries):
    region = factories.area(level="region", name="Île-de-France")
    area = ept(parents=[region])
    itself = pantin(area, region)
    for name, areas in [("Est", [area]), ("Francilien", [region]), ("Pantinois", [itself, area])]:
        factories.territory(name=name, areas=areas)

    with queries(6):
        text = page(client)

    assert "Oui. Pantin fait partie de 3 territoires labellisés." in text
    assert "Pantin est dans la région Île-de-France, périmètre du territoire Francilien." in text
    assert "périmètre du territoire Est." in text
    assert "l’une des 2 zones du périmètre du territoire Pantinois." in text


def test_an_indicative_perimeter_says_so_and_why(client):
    departement = factories.area(level="departement", name="Sarthe")
    commune("Le Mans", "72181", parents=[departement], place="Sarthe")
    factories.territory(
        name="Le Mans – Sarthe",
        areas=[departement],
        areas_certainty="interpretation",
        areas_note="Le nom associe la ville et le département.",
    )

    text = page(client, "72181")

    assert (
        "Le Mans est dans le département de la Sarthe, périmètre indicatif du territoire "
        "Le Mans – Sarthe." in text
    )
    assert "Périmètre indicatif. Le nom associe la ville et le département." in text


@pytest.mark.parametrize(
    ("designation", "said"),
    [
        ({"state": "withdrawn", "reason": "CONFIDENTIEL"}, "Label retiré"),
        ({"state": "suspended", "reason": "CONFIDENTIEL"}, "Label suspendu"),
        ({"expires_on": timezone.localdate() - timedelta(1)}, "Label expiré le "),
    ],
)
def test_a_label_no_longer_held_is_said_as_such(client, queries, designation, said):
    area = ept()
    pantin(area)
    territory = factories.territory(name="Est Ensemble", areas=[area], labelled=False)
    factories.designation(territory=territory, **designation)

    with queries(6):
        text = page(client)

    assert "Non. Pantin ne fait partie d’aucun territoire labellisé aujourd’hui." in text
    assert f"Est Ensemble : {said}" in text
    assert "CONFIDENTIEL" not in text


def test_what_is_not_public_is_not_told(client):
    area = ept()
    pantin(area)
    factories.territory(name="CONFIDENTIEL", areas=[area], publication="draft")
    factories.territory(name="CONFIDENTIEL", areas=[area], labelled=False)
    tomorrow = timezone.localdate() + timedelta(1)
    late = factories.territory(name="CONFIDENTIEL", areas=[area], labelled=False)
    factories.designation(territory=late, granted_on=tomorrow)

    text = page(client)

    assert "ne fait partie d’aucun territoire labellisé" in text
    assert "CONFIDENTIEL" not in text


def test_no_label_gives_the_three_nearest_and_how_to_apply(client, queries):
    pantin(lon=0.0, lat=45.0)
    region = factories.area(level="region", name="Loin", lon=0.0, lat=45.2)
    factories.area(level="epci", name="CC du Bord", parents=[region], lon=0.0, lat=46.0)
    factories.area(level="epci", name="CC du Fond", parents=[region], lon=0.0, lat=49.0)
    for name, lat in [("Voisin", 45.5), ("Lointain", 50.0)]:
        factories.territory(name=name, areas=[factories.area(lon=0.0, lat=lat)])
    factories.territory(name="Vaste", areas=[region])
    marker = factories.area(level="commune", name="Repère", lon=0.0, lat=45.1)
    factories.territory(name="Sans périmètre", anchor=marker)
    factories.territory(name="Nulle part")

    with queries(6):
        text = page(client)

    assert "Non. Pantin ne fait partie d’aucun territoire labellisé aujourd’hui." in text
    far = re.findall(r"À (\d+ km) à vol d’oiseau (.+?) Agglomération", text)
    assert far == [("11 km", "Sans périmètre"), ("56 km", "Voisin"), ("111 km", "Vaste")]
    assert "repère : Repère, sans périmètre connu" in text
    assert "par l’intercommunalité « CC du Bord »" in text
    assert "Lointain" not in text
    assert (
        f'href="{reverse("territories:label")}#appel"'
        in client.get("/ma-commune/93055/").content.decode()
    )


def test_what_communes_share_is_not_asked_again_at_once(client, queries):
    area = ept()
    pantin(area)
    commune("Romainville", "93063", parents=[area])
    for code in ["93066", "93072"]:
        commune(f"Hors {code}", code)
    factories.territory(name="Est Ensemble", areas=[area])
    for first, second in [("93055", "93063"), ("93066", "93072")]:
        page(client, first)
        with queries(3):
            text = page(client, second)
        assert "Est Ensemble" in text

    cache.clear()  # as ten seconds do
    Designation.objects.update(state="withdrawn", reason="Fini")
    assert "Non. Romainville ne fait partie d’aucun" in page(client, "93063")
    assert "Est Ensemble" not in page(client, "93072")


def test_no_distance_from_where_we_do_not_know(client):
    pantin(lon=None, lat=None, frame="", x=None, y=None)
    factories.territory(areas=[factories.area()])

    assert "La position de cette commune n’est pas dans nos données" in page(client)


def test_the_commune_in_short(client):
    region = factories.area(level="region", name="Île-de-France")
    departement = factories.area(level="departement", name="Seine-Saint-Denis", parents=[region])
    epci = factories.area(level="epci", name="Métropole du Grand Paris")
    pantin(region, departement, epci, ept(), population=61_929)

    text = page(client)

    assert "Département Seine-Saint-Denis Région Île-de-France" in text
    assert "Intercommunalité Métropole du Grand Paris" in text
    assert "Établissement public territorial Est Ensemble" in text
    assert "Population 61 929 habitants Code postal 93500" in text


def test_the_pages_are_well_formed_and_well_set(client):
    area = ept()
    pantin(area)
    former = factories.territory(name="Ancien", areas=[area], labelled=False)
    factories.designation(territory=former, state="withdrawn", reason="Fini")
    commune("Saint-Denis", "93066")
    commune("Saint-Denis", "97411", place="La Réunion")
    factories.territory(areas=[area], areas_certainty="interpretation", areas_note="Sans source.")

    faults = []
    for address in ["?q=zzz", "?q=" + "x" * 101, "?q=", "?q=denis", "93055/", "93066/"]:
        tree = parsed(client.get(FORM + address))
        assert len(list(tree.iter("h1"))) == 1
        faults += [(address, text) for text in words_of(tree) if MISSET.search(text)]
    assert faults == []


# The real country under the real label.


@pytest.fixture(scope="class")
def country(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), france.loaded(label=True):
        yield


@pytest.mark.usefixtures("country", "db")
class TestFrance:
    """A class only so that what it loads leaves with it."""

    def test_every_territory_is_found_from_three_of_its_communes(self, client):
        lost = []
        for territory in Territory.objects.public().prefetch_related("areas"):
            inside = Area.objects.at_level("commune").filter(parents__in=territory.areas.all())
            alone = territory.areas.filter(level="commune")
            asked = [*inside.distinct().order_by("-population")[:3], *alone]
            expected = {"commune": 1}.get(territory.kind, 3) if territory.areas.all() else 0
            assert len(asked) >= expected, territory
            link = f'id="territoire-{territory.pk}"'
            lost += [
                (territory.name, commune.name)
                for commune in asked
                if link not in client.get(f"/ma-commune/{commune.code}/").content.decode()
            ]

        assert Territory.objects.public().count() == 20
        assert lost == []

    def test_a_real_commune_outside_every_label_has_its_three_nearest(self):
        besancon = Area.objects.get(level="commune", code="25056")

        assert [(near.territory.name, round(near.km, -1)) for near in nearest(besancon)] == [
            ("Territoire Lédonien – Cluster’Jura", 70),
            ("Lyon-Métropole", 190),
            ("Strasbourg Eurométropole", 190),
        ]

    def test_a_new_label_over_a_real_one_is_shown_with_it(self, client):
        grand_paris = Area.objects.get(level="epci", name__startswith="Métropole du Grand Paris")
        factories.territory(name="Grand Paris", areas=[grand_paris])

        assert "Pantin fait partie de 2 territoires labellisés." in page(client)
        assert Designation.objects.count() == 21

    @pytest.mark.parametrize(
        "code", ["72181", "97101", "94038", "75056", "98801", "15031", "98411"]
    )
    def test_communes_of_every_kind_answer(self, client, queries, code):
        with queries(6):
            assert client.get(f"/ma-commune/{code}/").status_code == 200
