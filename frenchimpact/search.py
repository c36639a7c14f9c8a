"""What the search page finds, told in words: see ``search.sources``."""

from django.db.models import Exists, OuterRef, Prefetch
from django.urls import reverse

from challenges.models import Audience, Challenge, Objective, Theme
from editorial.models import Passage
from editorial.shown import displayed
from geography.models import Area
from manifesto.models import Manifesto, Statement
from search.sources import Document, Kind, Pages, Source
from territories.glossary import MEANINGS
from territories.markdown import plain
from territories.models import (
    CollectiveMember,
    Criterion,
    Instrument,
    Measure,
    Organisation,
    Pillar,
    Territory,
)

TERRITORIES = Kind("territoires", "Territoires")
CHALLENGES = Kind("defis", "Défis")
ORGANISATIONS = Kind("acteurs", "Acteurs")
PILLARS = Kind("axes", "Axes et dispositifs")
PAGES = Kind("pages", "Pages du portail")


def in_sentences(*texts):
    """The texts that are not empty, one after the other, each with its full stop."""
    said = [text.strip() for text in texts if text and text.strip()]
    return " ".join(text if text[-1] in ".!?…" else f"{text}." for text in said)


def listed(label, names):
    """« Thèmes : habitat, emploi », or nothing."""
    names = [*dict.fromkeys(name for name in names if name)]
    return f"{label}\u00a0: {', '.join(names)}" if names else ""


def capitalised(text):
    return text[:1].upper() + text[1:]


def tell_territory(territory):
    areas = [*territory.areas.all()] or [territory.anchor] * bool(territory.anchor)
    regions = [p.name for area in areas for p in area.parents.all() if p.level == "region"]
    kind = capitalised(territory.get_kind_display())
    return Document(
        url=territory.get_absolute_url(),
        title=territory.name,
        note=f"{kind} · {territory.place}" if territory.place else kind,
        body=in_sentences(
            territory.summary,
            plain(territory.presentation_html),
            territory.plain_summary,
            listed("Périmètre", [area.name for area in areas]),
            listed("Région", regions),
        ),
    )


def tell_challenge(challenge):
    return Document(
        url=challenge.get_absolute_url(),
        title=challenge.title,
        note=f"{challenge.territory.name} · Porté par {challenge.carrier.name}",
        body=in_sentences(
            *(objective.wording for objective in challenge.objectives.all()),
            plain(challenge.need_html),
            plain(challenge.answer_html),
            challenge.plain_summary,
            listed("Thèmes", [theme.name for theme in challenge.themes.all()]),
            listed("Pour", [audience.name for audience in challenge.audiences.all()]),
            challenge.legal_form,
            challenge.recognition,
        ),
        is_fictional=challenge.demonstration_id is not None,
    )


def tell_organisation(organisation):
    return Document(
        url=organisation.get_absolute_url(),
        title=organisation.name,
        note=capitalised(organisation.get_category_display()),
        body=in_sentences(organisation.description),
        is_fictional=organisation.demonstration_id is not None,
    )


def known_organisations():
    """Those that something public names; of the others, even the name says too much."""
    here = OuterRef("pk")
    carried = Challenge.objects.published()
    members = CollectiveMember.objects.current().filter(territory__in=Territory.objects.public())
    return Organisation.objects.filter(
        Exists(carried.filter(carrier=here))
        | Exists(carried.filter(recognised_by=here))
        | Exists(members.filter(organisation=here))
        | Exists(Instrument.objects.filter(provider=here))
        | Exists(Measure.objects.filter(organisations=here))
    )


def tell_pillar(pillar):
    return Document(
        url=pillar.get_absolute_url(),
        title=f"{pillar.short_title}\u00a0: {pillar.title}",
        note=f"Axe {pillar.position} du plan d’accompagnement",
        body=in_sentences(*(measure.wording for measure in pillar.measures.all())),
    )


def tell_instrument(instrument):
    pillar = instrument.measure.pillar
    provider = instrument.provider
    return Document(
        url=f"{pillar.get_absolute_url()}#{instrument.slug}",
        title=capitalised(instrument.name),
        note=f"Axe {pillar.position}, {pillar.short_title}"
        + (f" · Proposé par {provider.name}" if provider else ""),
        body=in_sentences(
            capitalised(instrument.nature),
            instrument.purpose and f"Pour {instrument.purpose}",
            instrument.measure.wording,
        ),
    )


def tell_theme(theme):
    return Document(
        url=theme.get_absolute_url(),
        title=capitalised(theme.name),
        note="Thème",
        body="Les défis des territoires sur ce thème.",
    )


def tell_manifesto(manifesto):
    statements = manifesto.statements.all()
    return Document(
        url=reverse("manifesto:detail"),
        title="Le manifeste",
        body=in_sentences(*(text for s in statements for text in (s.headline, s.paragraph))),
    )


def tell_criterion(criterion):
    return Document(
        url=reverse("territories:label") + "#criteres",
        title=f"Critère du label\u00a0: {criterion.wording}",
        note="Le label",
    )


def tell_pages():
    label = reverse("territories:label")
    glossary = ", ".join(f"{word} ({meaning})" for word, meaning in MEANINGS.items())
    said = displayed(Passage.objects.written())
    return [
        Document(
            reverse("home"),
            "Accueil",
            body=in_sentences(
                "Le portail du label en un regard", said["home_lead"], plain(said["home_call"])
            ),
        ),
        Document(
            reverse("territories:list"),
            "Les territoires labellisés",
            body="La liste et la carte des territoires qui ont reçu le label, par région, par "
            "vague et par axe.",
        ),
        Document(
            reverse("challenges:list"),
            "Les défis des territoires",
            body="Les défis portés dans les territoires, leurs objectifs et leurs résultats "
            "mesurés.",
        ),
        Document(
            label,
            "Le label Territoire French Impact",
            body=in_sentences(
                said["label_lead"],
                "Ce qu’il est, ses critères, ses vagues, les six axes du plan d’accompagnement",
                plain(said["label_banner"]),
            ),
        ),
        Document(
            f"{label}#appel",
            "L’appel à manifestation d’intérêt (AMI)",
            note="Le label",
            body=in_sentences(
                "Qui peut candidater, comment obtenir le label, selon quels critères. Les "
                "dossiers de candidature sont instruits par vagues",
                plain(said["label_call"]),
            ),
        ),
        Document(
            f"{label}#vagues",
            "Les vagues de labellisation",
            note="Le label",
            body="Quand les territoires ont été annoncés.",
        ),
        Document(f"{label}#glossaire", "Les sigles", note="Le label", body=f"{glossary}."),
        Document(
            reverse("territories:my-commune"),
            "Ma commune",
            body="Savoir si votre ville ou votre village est dans un territoire labellisé, par "
            "son nom ou son code postal.",
        ),
        Document(
            reverse("accessibility"),
            "Déclaration d’accessibilité",
            body="L’état de conformité du portail au RGAA, et comment signaler un défaut.",
        ),
        Document(
            reverse("legal"),
            "Mentions légales",
            body=in_sentences(
                "Éditeur, directeur de la publication, hébergeur, contact",
                plain(said["legal_text"]),
            ),
        ),
        Document(
            reverse("privacy"),
            "Données personnelles",
            body=in_sentences(
                "Ce que le portail sait de vous, cookies, droits et délégué à la protection des "
                "données",
                plain(said["privacy_text"]),
            ),
        ),
        Document(
            reverse("guides:coordinators"),
            "Guide des coordinateurs",
            body="Entrer dans l’espace, faire le point d’étape, corriger un relevé, proposer un "
            "changement ou un défi, inviter son équipe.",
        ),
        Document(
            reverse("site-map"), "Plan du site", body="Toutes les pages du portail en une seule."
        ),
    ]


def territories():
    areas = Area.objects.order_by("name").prefetch_related("parents")
    return Territory.objects.select_related("anchor").prefetch_related(
        Prefetch("areas", areas), "anchor__parents"
    )


SOURCES = [
    Source(
        name="territory",
        kind=TERRITORIES,
        rows=territories,
        public=lambda: Territory.objects.public(),
        tell=tell_territory,
    ),
    Source(
        name="challenge",
        kind=CHALLENGES,
        rows=lambda: Challenge.objects.select_related("territory", "carrier").prefetch_related(
            "objectives", "themes", "audiences"
        ),
        public=lambda: Challenge.objects.published(),
        tell=tell_challenge,
        follows={
            Territory: "territory",
            Organisation: "carrier",
            Objective: "objectives",
            Theme: "themes",
            Audience: "audiences",
        },
    ),
    Source(
        name="organisation",
        kind=ORGANISATIONS,
        rows=lambda: Organisation.objects.all(),
        public=known_organisations,
        tell=tell_organisation,
    ),
    Source(
        name="pillar",
        kind=PILLARS,
        rows=lambda: Pillar.objects.prefetch_related("measures"),
        public=lambda: Pillar.objects.all(),
        tell=tell_pillar,
        follows={Measure: "measures"},
    ),
    Source(
        name="instrument",
        kind=PILLARS,
        rows=lambda: Instrument.objects.select_related("measure__pillar", "provider"),
        public=lambda: Instrument.objects.all(),
        tell=tell_instrument,
        follows={Measure: "measure", Pillar: "measure__pillar", Organisation: "provider"},
    ),
    Source(
        name="theme",
        kind=PAGES,
        rows=lambda: Theme.objects.all(),
        public=lambda: Theme.objects.in_use(),
        tell=tell_theme,
    ),
    Source(
        name="manifesto",
        kind=PAGES,
        rows=lambda: Manifesto.objects.prefetch_related("statements"),
        public=lambda: Manifesto.objects.filter(in_force=True),
        tell=tell_manifesto,
        follows={Statement: "statements"},
    ),
    Source(
        name="criterion",
        kind=PAGES,
        rows=lambda: Criterion.objects.all(),
        public=lambda: Criterion.objects.all(),
        tell=tell_criterion,
    ),
    Pages(name="page", kind=PAGES, tell=tell_pages, follows=frozenset([Passage])),
]
