"""Juralliance's four challenges, in the words of the founding document."""

from django.utils.text import capfirst

from challenges.models import Audience, Challenge, Objective, Theme
from frenchimpact.seed.label import look_up
from frenchimpact.seed.reader import Record
from territories.models import CollectiveMember


def load_challenges(register, seed, territories, organisations, typeset):
    heading = seed.read("challenges_heading", Record)
    territory = look_up(territories, heading.read("territory", str), heading, "territoire")
    carrier = look_up(organisations, heading.read("owner", str), heading, "acteur")
    # « interpretation : le document ne nomme pas le territoire dans ce titre ; il met … »
    doubt = heading.read("territory_link_certainty", str).partition(" : ")[2]
    doubt = doubt.replace("ce titre", f"le titre « {heading.read('source', str)} »")
    note = typeset(f"Le lien avec ce territoire est une interprétation de notre part : {doubt}.")
    register.keep(
        CollectiveMember,
        heading,
        {"territory": territory, "organisation": carrier, "role": CollectiveMember.Role.MEMBER},
        {"note": note},
    )
    website = heading.read("follow_up_url", str)
    for record in seed.read_all("challenges", Record):
        slug = record.read("slug", str)
        recognition = record.read("recognition", Record, None)
        recognised_by = recognition and look_up(
            organisations, recognition.read("by", str), recognition, "acteur"
        )
        # Themes and audiences keep no history of their own.
        loaded_before = Challenge.history.filter(slug=slug).exists()
        challenge = register.keep(
            Challenge,
            record,
            {"slug": slug},
            {
                "territory": territory,
                "number": record.read("number", int),
                "title": typeset(record.read("display_name", str, "") or record.read("name", str)),
                "carrier": carrier,
                "answer": capfirst(typeset(record.read("description_source", str))),
                "themes_open": record.read("domains_open_list", bool),
                "audiences_open": record.read("publics_open_list", bool),
                "legal_form": typeset(record.read("legal_form", str, "")),
                "recognition": typeset(recognition.read("source", str)) if recognition else "",
                "recognised_by": recognised_by,
                "website": website,
                "source_note": note,
            },
            at_first={"publication": "published"},
            lists={
                "themes": register.keep_words(Theme, record, "domains", typeset, loaded_before),
                "audiences": register.keep_words(
                    Audience, record, "publics", typeset, loaded_before
                ),
            },
        )
        for position, target in enumerate(record.read_all("targets", Record), 1):
            load_objective(register, challenge, position, target, record, typeset)


def load_objective(register, challenge, position, target, record, typeset):
    value = target.read("value", int)
    deadline = target.read("deadline", Record, None)
    if value == 0:
        kind = Objective.Kind.ZERO
    else:
        kind = Objective.Kind.RATE if target.read("period", str, "") else Objective.Kind.COUNT
    register.keep(
        Objective,
        target,
        {"challenge": challenge, "position": position},
        {
            "kind": kind,
            "wording": capfirst(typeset(record.read("objective_source", str))),
            "unit": typeset(target.read("unit", str)),
            "scope": typeset(target.read("scope", str, "")),
            "target": value,
            "due_on": deadline and deadline.last_day(),
            "due_precision": deadline.read("precision", str) if deadline else "",
        },
    )
