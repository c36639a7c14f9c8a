"""The passages that staff may rewrite: each is declared here, with the words it has until then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings

from territories.markdown import MARKDOWN_HELP

LINE, PARAGRAPH, MARKDOWN = "line", "paragraph", "markdown"

# The pages that show passages: the name of each one’s address, and its own in words.
PAGES = {
    "home": "Accueil",
    "territories:label": "Le label",
    "legal": "Mentions légales",
    "privacy": "Données personnelles",
    "accessibility": "Accessibilité",
}

NOT_AUDITED = "non conforme"
STATES = [NOT_AUDITED, "partiellement conforme", "totalement conforme"]  # those of the RGAA


@dataclass(frozen=True)
class Declared:
    """A passage. ``default`` may depend on the words of those declared before it.

    ``heading``: the level of the highest heading that its Markdown may have on its page.
    """

    key: str
    page: str
    label: str
    default: str | Callable[[Mapping[str, str]], str]
    longest: int
    shape: str = LINE
    help: str = ""
    anchor: str = ""
    heading: int = 3
    choices: tuple[str, ...] = ()

    def default_in(self, words: Mapping[str, str]) -> str:
        return self.default(words) if callable(self.default) else self.default

    @property
    def told(self) -> str:
        return f"{PAGES[self.page]}\u00a0: {self.label}"

    @property
    def full_help(self) -> str:
        """What it is for, how to write it, and how much of it."""
        bound = "" if self.choices else f"{self.longest}\u00a0caractères au plus."
        writing = MARKDOWN_HELP if self.shape == MARKDOWN else ""
        return " ".join(filter(None, [self.help, writing, bound]))


def legal(name):
    """What the environment says of who answers for the site: production starts with it."""
    return lambda words: settings.LEGAL[name]


def described(words):
    title = words["home_title"]
    return f"{title}\u00a0: qui l’a reçu, ce qui est promis, ce qui est fait."


def audit(words):
    if words["accessibility_state"] == NOT_AUDITED:
        return (
            "Aucun audit de conformité n’a été réalisé par un tiers. Le portail est déclaré non "
            "conforme jusqu’à ce qu’il le soit."
        )
    return "Le résultat de l’audit de conformité sera donné ici."


FROM_ENVIRONMENT = "Le texte d’origine vient des réglages du serveur."

DECLARED = {
    declared.key: declared
    for declared in [
        Declared(
            "home_title",
            "home",
            "titre",
            "«\u00a0Territoire French Impact\u00a0», un label inédit pour l’innovation sociale au "
            "service des défis sociaux et écologiques des territoires",
            longest=200,
            help="La phrase du document fondateur, en tête de la page.",
        ),
        Declared(
            "home_lead",
            "home",
            "chapeau",
            "Le label distingue les territoires qui souhaitent «\u00a0renforcer leur écosystème de "
            "l’innovation sociale, mettre en synergie des acteurs, favoriser l’émergence, le "
            "développement et l’essaimage des innovations sociales\u00a0». Chacun reçoit un plan "
            "d’accompagnement et porte des défis, dont ce portail suit les résultats.",
            longest=600,
            shape=PARAGRAPH,
            help="Sous le titre\u00a0: ce qu’est le label et ce que fait le portail.",
        ),
        Declared(
            "home_description",
            "home",
            "description pour les moteurs de recherche",
            described,
            longest=320,
            shape=PARAGRAPH,
            help="Invisible sur la page\u00a0; les moteurs l’affichent sous son adresse. Tant "
            "qu’elle n’est pas réécrite, elle suit le titre.",
        ),
        Declared(
            "home_call",
            "home",
            "paragraphe sur l’appel",
            "En juillet 2018, un appel à manifestation d’intérêt permanent (AMI) «\u00a0Territoire "
            "French Impact\u00a0» a été lancé. La candidature est portée par un collectif "
            "d’acteurs du territoire\u00a0; les dossiers sont instruits par vagues.",
            longest=1000,
            shape=MARKDOWN,
            help="Le premier sigle connu (AMI, ESS…) est expliqué au survol.",
            anchor="appel",
        ),
        Declared(
            "label_lead",
            "territories:label",
            "chapeau",
            "Un label inédit pour l’innovation sociale au service des défis sociaux et écologiques "
            "des territoires.",
            longest=300,
            shape=PARAGRAPH,
        ),
        Declared(
            "label_banner",
            "territories:label",
            "«\u00a0Le French Impact\u00a0»",
            "Le French Impact est la bannière nationale qui fédère l’écosystème de l’innovation "
            "sociale et environnementale en France, rassemblant dans une même dynamique tous les "
            "acteurs qui font de cette innovation un levier de transformation du pays (porteurs de "
            "projets, entreprises de l’économie sociale et solidaire, collectivités, entreprises "
            "engagées, incubateurs, ruches, investisseurs, etc.).",
            longest=2000,
            shape=MARKDOWN,
            anchor="banniere",
        ),
        Declared(
            "label_call",
            "territories:label",
            "«\u00a0L’appel à manifestation d’intérêt\u00a0»",
            "En juillet 2018, un appel à manifestation d’intérêt permanent (AMI) «\u00a0Territoire "
            "French Impact\u00a0» a été lancé pour labelliser les territoires qui souhaitent "
            "renforcer leur écosystème de l’innovation sociale, mettre en synergie des acteurs, "
            "favoriser l’émergence, le développement et l’essaimage des innovations sociales.",
            longest=2000,
            shape=MARKDOWN,
            help="Le premier sigle connu (AMI, ESS…) est expliqué au survol.",
            anchor="appel",
        ),
        Declared(
            "legal_publisher",
            "legal",
            "éditeur",
            legal("publisher"),
            longest=300,
            help=f"Aussi responsable du traitement des données personnelles. {FROM_ENVIRONMENT}",
        ),
        Declared(
            "legal_director",
            "legal",
            "direction de la publication",
            legal("director"),
            longest=300,
            help=FROM_ENVIRONMENT,
        ),
        Declared(
            "legal_host",
            "legal",
            "hébergeur",
            legal("host"),
            longest=300,
            help=f"Nom, adresse et téléphone. {FROM_ENVIRONMENT}",
        ),
        Declared(
            "legal_contact",
            "legal",
            "contact",
            legal("contact"),
            longest=300,
            help=f"Une adresse de service, jamais celle d’une personne. {FROM_ENVIRONMENT}",
        ),
        Declared(
            "legal_text",
            "legal",
            "sources et réutilisation",
            "## D’où viennent les informations\n\n"
            "Les faits du label viennent de son document fondateur\u00a0; leur orthographe est "
            "corrigée à l’écran, leurs termes ne changent pas. Ce qui vient d’ailleurs porte sa "
            "source à côté. Les valeurs mesurées sont déclarées par les territoires, avec leur "
            "date et leur source.\n\n"
            "Géographie\u00a0: INSEE, DGCL, La Poste via Etalab (code officiel géographique "
            "2026)\u00a0; contours\u00a0: IGN, ADMIN EXPRESS COG. Ces données sont sous [Licence "
            "Ouverte 2.0](https://www.etalab.gouv.fr/licence-ouverte-open-licence/).\n\n"
            "## Le code du portail\n\n"
            "Le code est libre, sous licence AGPL, version 3 ou ultérieure. Le système de design "
            "de l’État est réservé aux sites de l’État.",
            longest=6000,
            shape=MARKDOWN,
            heading=2,
            help="Les licences des données et du code demandent d’y être citées. «\u00a0##\u00a0» "
            "en début de ligne pour un titre.",
        ),
        Declared(
            "privacy_dpo",
            "privacy",
            "délégué à la protection des données",
            legal("dpo"),
            longest=300,
            help=f"Comment joindre la personne déléguée. {FROM_ENVIRONMENT}",
        ),
        Declared(
            "privacy_text",
            "privacy",
            "précisions",
            "",
            longest=6000,
            shape=MARKDOWN,
            heading=2,
            help="Bases légales, destinataires, durées… Ce que le portail enregistre est décrit "
            "au-dessus par son code, avec lequel cela change. «\u00a0##\u00a0» en début de ligne "
            "pour un titre.",
        ),
        Declared(
            "accessibility_state",
            "accessibility",
            "état de conformité",
            NOT_AUDITED,
            longest=22,
            choices=tuple(STATES),
            help="Aussi au pied de toutes les pages. Seul un audit permet de changer cet état.",
        ),
        Declared(
            "accessibility_audit",
            "accessibility",
            "résultat de l’audit",
            audit,
            longest=4000,
            shape=MARKDOWN,
            help="Qui l’a fait, quand, et combien de critères sont respectés.",
        ),
        Declared(
            "accessibility_date",
            "accessibility",
            "date de la déclaration",
            "",
            longest=40,
            help="En toutes lettres, par exemple «\u00a012 mars 2026\u00a0». Sans date, la phrase "
            "ne paraît pas.",
        ),
        Declared(
            "accessibility_contact",
            "accessibility",
            "à qui signaler un obstacle",
            lambda words: words["legal_contact"],
            longest=300,
            help="Tant qu’il n’est pas réécrit, c’est le contact des mentions légales.",
        ),
    ]
}


def complete(written: Mapping[str, str]) -> dict[str, str]:
    """The words of every passage: those written, and where there are none, those of the site."""
    words: dict[str, str] = {}
    for key, declared in DECLARED.items():
        words[key] = written.get(key) or declared.default_in(words)
    return words
