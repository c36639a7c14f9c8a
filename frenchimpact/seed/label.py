"""The label as the founding document gives it: waves, criteria, territories, plan, collective."""

from datetime import date

from django.utils.text import capfirst

from frenchimpact.seed.reader import Record
from geography.models import Area
from territories.models import (
    Criterion,
    Designation,
    Instrument,
    Measure,
    Organisation,
    Pillar,
    Territory,
    Wave,
)

# A public page dates the first wave, the document does not: both are named beside the date.
FIRST_WAVE_ANNOUNCED_ON = date(2019, 2, 25)
FIRST_WAVE_SOURCE = "Banque des Territoires (Localtis)"
FIRST_WAVE_SITE = "banquedesterritoires.fr"
CRITERIA_SOURCE = "Environnement Magazine"

CATEGORIES = {
    "bannière nationale": Organisation.Category.BANNER,
    "administration": Organisation.Category.ADMINISTRATION,
    "organisme": Organisation.Category.BODY,
    "financeur": Organisation.Category.FUNDER,
    "réseau": Organisation.Category.NETWORK,
    "réseau entrepreneurial": Organisation.Category.BUSINESS_NETWORK,
    "porteur de défis": Organisation.Category.PROJECT_LEADER,
}


def look_up(rows, reference, record, kind):
    """The row a file refers to; an unknown reference is an error of the file."""
    if reference not in rows:
        raise record.error(f"« {reference} » ne renvoie à aucun {kind}")
    return rows[reference]


def choice(record, key, choices):
    value = record.read(key, str)
    if value not in choices.values:
        raise record.error(f"« {value} » ne convient pas pour « {key} »")
    return value


def display(record, key, typeset):
    """The wording for the screen: the one the file corrects, else the document's own."""
    return typeset(record.read("display", str, "") or record.read(key, str))


def first_fact(outside, topic):
    """What public pages add on a topic, and the record that gives their addresses."""
    for fact in outside.read_all("facts", Record):
        if fact.read("topic", str) == topic:
            return fact
    raise outside.error(f"aucun fait de sujet « {topic} »")


def load_waves(register, seed, outside, typeset):
    fact = first_fact(outside, "wave1")
    addresses = fact.read_all("sources", str)
    announcement = {
        "announced_on": FIRST_WAVE_ANNOUNCED_ON,
        "announcement_source": FIRST_WAVE_SOURCE,
        "announcement_url": next((a for a in addresses if FIRST_WAVE_SITE in a), None),
    }
    if not announcement["announcement_url"]:
        raise fact.error(f"« sources » ne contient plus l’adresse de {FIRST_WAVE_SITE}")
    waves = {}
    for record in seed.read_all("waves", Record):
        number = record.read("number", int)
        expected = record.read("announcement_before", Record, None)
        says = {"description": display(record, "source", typeset)}
        says |= {"expected_by": expected.last_day()} if expected else {}
        says |= announcement if number == 1 else {}
        waves[number] = register.keep(Wave, record, {"number": number}, says)
    return waves


def load_criteria(register, outside, typeset):
    """The criteria are one sentence of a public page: « Cinq critères : … ; …. »"""
    fact = first_fact(outside, "criteria")
    address = fact.read_all("sources", str)[:1]
    _, colon, listed = fact.read("fact", str).partition(". ")[0].partition(" : ")
    if not colon or not address:
        raise fact.error("les critères et leur adresse ne s’y lisent pas")
    for position, wording in enumerate(listed.split(" ; "), 1):
        says = {
            "wording": capfirst(typeset(wording)),
            "source": CRITERIA_SOURCE,
            "source_url": address[0],
        }
        register.keep(Criterion, fact, {"position": position}, says)


def find_area(level, code, record):
    area = Area.objects.filter(level=level, code=code).first()
    if area is None:
        raise record.error(
            f"la zone {code} ({level}) n’est pas dans la base ; "
            "lancez d’abord manage.py load_geography"
        )
    return area


def load_territories(register, seed, geography, waves, typeset):
    places = {place.read("slug", str): place for place in geography.read_all("territories", Record)}
    territories = {}
    for record in seed.read_all("territories", Record):
        slug = record.read("slug", str)
        wave = look_up(waves, record.read("wave", int), record, "numéro de vague")
        place = look_up(places, slug, record, f"territoire de {geography.file}")
        area = place.read("area", Record, None)
        anchor = place.read("anchor_commune", str, None)
        territories[slug] = register.keep(
            Territory,
            record,
            {"slug": slug},
            {
                "name": display(record, "name", typeset),
                "kind": choice(place, "kind", Territory.Kind),
                "areas_certainty": choice(place, "certainty", Territory.Certainty),
                "areas_note": typeset(place.read("reason", str)),
                "anchor": anchor and find_area(Area.Level.COMMUNE, anchor, place),
            },
            at_first={"publication": "published"},
            lists={
                "areas": [
                    find_area(area.read("type", str), code, area)
                    for code in (area.read_all("codes", str) if area else [])
                ]
            },
        )
        # Whether the label still stands is the staff's to say, not the document's.
        register.keep(Designation, record, {"territory": territories[slug], "wave": wave})
    return territories


def load_organisations(register, seed, typeset):
    organisations = {}
    for record in seed.read_all("organisations", Record):
        slug = record.read("slug", str)
        says = {
            "name": display(record, "name", typeset),
            "category": look_up(CATEGORIES, record.read("type", str), record, "type connu"),
            "description": capfirst(typeset(record.read("role", str))),
            "website": record.read("website", str, ""),
        }
        organisations[slug] = register.keep(Organisation, record, {"slug": slug}, says)
    return organisations


def load_plan(register, seed, organisations, typeset):
    """The six axes, their measures, and the instruments these give access to."""
    instruments = {
        record.read("slug", str): record for record in seed.read_all("instruments", Record)
    }
    measures = {}
    for record in seed.read("support_plan", Record).read_all("pillars", Record):
        pillar = register.keep(
            Pillar,
            record,
            {"slug": record.read("slug", str)},
            {
                "position": record.read("order", int),
                "title": typeset(record.read("title_source", str)),
                "short_title": typeset(record.read("short_title", str)),
            },
        )
        for offer in record.read_all("measures", Record):
            named = [
                look_up(organisations, slug, offer, "acteur")
                for slug in offer.read_all("organisations", str)
            ]
            measure = register.keep(
                Measure,
                offer,
                {"pillar": pillar, "position": offer.read("order", int)},
                {"wording": display(offer, "source", typeset)},
                lists={"organisations": named},
            )
            for slug in offer.read_all("instruments", str):
                look_up(instruments, slug, offer, "dispositif")
                measures[slug] = measure
    for slug, record in instruments.items():
        provider = record.read("provider", str, None)
        says = {
            "name": typeset(record.read("name", str)),
            "nature": typeset(record.read("kind", str)),
            "purpose": typeset(" et ".join(record.read_all("purpose", str, []))),
            "measure": look_up(measures, slug, record, "dispositif cité par une mesure"),
            "provider": provider and look_up(organisations, provider, record, "acteur"),
            "email": record.read("email", str, ""),
        }
        register.keep(Instrument, record, {"slug": slug}, says)
