"""Every address of the site, and the rows they show: a new page is a new line here."""

from datetime import date

from PIL import Image

from challenges.models import Audience, Milestone, Theme
from search.index import rebuild
from territories.models import CollectiveMember, Criterion
from territories.pictures import Picture, encoded, keep
from tests import factories

# A picture, by the name that the rows give it.
PICTURE = Picture(f"{'0' * 32}-1200x900")

# Pages anyone may read.
PAGES = [
    "/",
    "/territoires/",
    "/territoires/pays-de-grasse/",
    "/territoires/pays-de-grasse/plan/",
    "/territoires/bretagne/communes/35/",
    "/defis/",
    "/defis/habiter-ensemble/",
    "/themes/habitat/",
    "/label/",
    "/label/axes/financer/",
    "/acteurs/juralliance/",
    "/ma-commune/",
    "/recherche/",
    "/manifeste/",
    "/aide/coordinateurs/",
    "/accessibilite/",
    "/mentions-legales/",
    "/donnees-personnelles/",
    "/plan-du-site/",
]

# Answers to machines, that are no HTML; and the page of each commune, that only asking finds.
FILES = [
    "/ma-commune/06069/",
    "/ma-commune/suggestions/",
    "/territoires/liste.csv",
    "/defis/liste.csv",
    "/robots.txt",
    "/sitemap.xml",
    "/sante/",
    f"/media/{PICTURE}.webp",
]

# What asks who you are: every address under these.
PRIVATE = ["/admin/", "/compte/", "/espace/"]

# The pages of accounts: a stranger may read the first ones.
DOOR = ["/compte/connexion/", "/compte/ouvrir/", "/compte/deconnecte/", "/compte/ferme/"]
ACCOUNT = [
    "/compte/",
    "/compte/code/",
    "/compte/deconnexion/",
    "/compte/deconnexion-partout/",
    "/compte/proconnect/",
    "/compte/proconnect/retour/",
    "/compte/second-facteur/",
    "/compte/second-facteur/confirmer/",
    "/compte/second-facteur/activer/",
    "/compte/second-facteur/changer/",
    "/compte/codes-de-secours/",
    "/compte/codes-de-secours/renouveler/",
]

# Pages of something that does not exist, or that the public may not see.
MISSING = [
    "/nulle-part/",
    "/territoires/inconnu/",
    "/territoires/inconnu/plan/",
    "/territoires/en-brouillon/",
    "/territoires/en-brouillon/plan/",
    "/territoires/archive/",
    "/territoires/archive/plan/",
    "/territoires/inconnu/communes/06/",
    "/territoires/pays-de-grasse/communes/06/",
    "/territoires/en-brouillon/communes/06/",
    "/territoires/archive/communes/06/",
    "/territoires/bretagne/communes/06/",
    "/territoires/bretagne/communes/inconnu/",
    "/defis/inconnu/",
    "/defis/en-brouillon/",
    "/defis/soumis/",
    "/defis/archive/",
    "/defis/ailleurs-en-brouillon/",
    "/themes/inconnu/",
    "/label/axes/inconnu/",
    "/acteurs/inconnu/",
    "/ma-commune/00000/",
    f"/media/{'f' * 32}-1200x900.webp",
]


TEXT = """
Vieillir **chez soi**, *entouré*. Lire [l’enquête](https://exemple.test/ESS).
Une ligne.

# Pourquoi

- des proches
- des voisins

> Seul, c’est trop.
"""


def keep_picture():
    """Write the files of the picture, as sending it would have."""
    drawn = Image.new("RGB", PICTURE.size, "#2a5bd7")
    picture = Picture(PICTURE)
    picture.files = {name: encoded(drawn, name.size) for name in [PICTURE, PICTURE.small]}
    keep(picture)


def build_site():
    """A small whole site: the rows these addresses name, and « CONFIDENTIEL » ones to hide."""
    keep_picture()
    region = factories.area(level="region", code="93", name="Provence-Alpes-Côte d’Azur")
    departement = factories.area(
        level="departement", code="06", name="Alpes-Maritimes", parents=[region]
    )
    epci = factories.area(name="CA du Pays de Grasse", parents=[region, departement])
    factories.area(
        level="commune", code="06069", name="Grasse", parents=[region, departement, epci]
    )
    shown = {"image": PICTURE, "image_alt": "Une maison bleue"}
    grasse = factories.territory(
        name="Pays de Grasse",
        slug="pays-de-grasse",
        areas=[epci],
        summary="Entre mer et monts.",
        presentation=TEXT,
        **shown,
    )
    west = factories.area(level="region", code="53", name="Bretagne")
    inside = factories.area(level="departement", code="35", name="Ille-et-Vilaine", parents=[west])
    factories.area(level="commune", code="35238", name="Rennes", parents=[west, inside])
    factories.territory(
        name="Bretagne",
        slug="bretagne",
        areas=[west],
        areas_certainty="interpretation",
        areas_note="Le document ne dit pas le périmètre.",
    )
    factories.territory(name="Sans label", labelled=False)
    carrier = factories.organisation(
        name="Juralliance", slug="juralliance", website="https://exemple.test/"
    )
    CollectiveMember.objects.create(territory=grasse, organisation=carrier, role="lead")

    axis = factories.pillar(
        1, slug="financer", title="Financer l’innovation sociale", short_title="Financer"
    )
    tool = factories.instrument(measure=factories.measure(pillar=axis), provider=carrier)
    for side in ["state", "territory", "joint"]:
        factories.commitment(territory=grasse, pillar=axis, side=side, instrument=tool)
    factories.commitment(territory=grasse, pillar=axis, state="done", done_on=date(2020, 1, 1))
    factories.commitment(territory=grasse, pillar=axis, state="ongoing", due_on=date(2020, 1, 1))
    factories.commitment(
        territory=grasse, pillar=axis, state="suspended", blocked_by="Un décret", unblocked_by="Lui"
    )
    for position in range(2, 7):
        factories.measure(pillar=factories.pillar(position))
    Criterion.objects.create(
        position=1,
        wording="Une coopération large",
        source="L’appel",
        source_url="https://exemple.test/appel",
    )
    factories.manifesto()

    habitat = Theme.objects.create(name="Habitat", slug="habitat")
    elderly = Audience.objects.create(name="Personnes âgées", slug="personnes-agees")
    shared = {"territory": grasse, "carrier": carrier}
    housing = factories.challenge(
        **shared,
        title="Habiter ensemble",
        slug="habiter-ensemble",
        nature="social",
        stage="deployment",
        need=TEXT,
        **shown,
        answer="Une maison partagée.",
    )
    housing.themes.add(habitat)
    housing.audiences.add(elderly)
    for kind, baseline in [("count", None), ("rate", None), ("zero", 40), ("qualitative", None)]:
        goal = factories.objective(challenge=housing, kind=kind, baseline=baseline)
        if kind == "qualitative":
            Milestone.objects.create(
                objective=goal, position=1, wording="Le lieu", reached_on=date(2020, 1, 1)
            )
            Milestone.objects.create(objective=goal, position=2, wording="Les clés")
        else:
            for year, value in [(2019, 12), (2020, 9)]:
                factories.reading(objective=goal, on=date(year, 6, 30), value=value)
    mistaken = factories.reading(
        objective=housing.objectives.first(), on=date(2020, 9, 1), value=7777
    )
    factories.reading(
        objective=mistaken.objective,
        on=mistaken.on,
        value=11,
        supersedes=mistaken,
        comment="Corrigé",
    )
    factories.reading(
        objective=mistaken.objective, value=8888, state="rejected", source="CONFIDENTIEL"
    )
    for mood in ["moving", "watch", "blocked", "nothing_new"]:
        factories.report(challenge=housing, mood=mood, **shown)
    factories.objective(
        challenge=factories.challenge(**shared, replicated_from=housing, title="Rien de mesuré")
    )

    secret = {"title": "CONFIDENTIEL"}
    factories.challenge(**shared, **secret, slug="en-brouillon", publication="draft")
    factories.challenge(**shared, **secret, slug="soumis", publication="submitted")
    factories.challenge(**shared, **secret, slug="archive", publication="archived")
    hidden = factories.territory(
        name="CONFIDENTIEL", slug="en-brouillon", areas=[epci, region], publication="draft"
    )
    factories.challenge(territory=hidden, carrier=carrier, **secret, slug="ailleurs-en-brouillon")
    factories.territory(
        name="CONFIDENTIEL", slug="archive", areas=[epci, region], publication="archived"
    )
    rebuild()
