"""The sheet (« fiche ») of a challenge: the texts its public page shows, as plain values.

What a form was filled from, what a proposal would change and what history kept are compared by
them, with no other version number: see ``territories.editing``.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from challenges.models import Audience, Challenge, Objective, ProposedChange, Theme
from challenges.progress import number
from territories.differences import compare
from territories.editing import plain_values
from territories.french import long_date
from territories.models import Commitment, FormerOrganisation, Organisation
from territories.pictures import Picture

TEXTS = [
    "title",
    "carrier",
    "need",
    "answer",
    "plain_summary",
    "image",
    "image_alt",
    "themes",
    "audiences",
    "nature",
    "legal_form",
    "recognition",
    "website",
]
PROMISE = [
    "wording",
    "kind",
    "target",
    "unit",
    "scope",
    "due_on",
    "due_precision",
    "baseline",
    "baseline_on",
]
MILESTONES = "milestones"
NAMED = {"carrier": Organisation, "themes": Theme, "audiences": Audience}
SIMPLE = [name for name in TEXTS if name not in NAMED]


def texts_of(challenge) -> dict:
    """The texts of a challenge as they stand; two queries, for its themes and its audiences."""
    values = plain_values(challenge, SIMPLE) | {"carrier": challenge.carrier_id}
    for name in ["themes", "audiences"]:
        values[name] = sorted(getattr(challenge, name).values_list("pk", flat=True))
    return values


def texts_of_versions(versions) -> dict:
    """The texts of a challenge as rows of its history kept them, by pk of row; two queries."""
    values = {
        version.pk: plain_values(version, SIMPLE)
        | {"carrier": version.carrier_id, "themes": [], "audiences": []}
        for version in versions
    }
    for name, pointer in [("themes", "theme_id"), ("audiences", "audience_id")]:
        kept = getattr(Challenge.history.model, name).model.objects.filter(history__in=values)
        for history, pk in kept.order_by(pointer).values_list("history_id", pointer):
            values[history][name].append(pk)
    return values


def texts_of_version(version) -> dict:
    return texts_of_versions([version])[version.pk]


def promise_of(objective) -> dict:
    """An objective, or a row of its history; with its milestones when they are still there."""
    values = plain_values(objective, PROMISE)
    if isinstance(objective, Objective):
        values[MILESTONES] = "\n".join(m.wording for m in objective.milestones.all())
    return values


def edited_texts(challenge, proposal=None) -> dict:
    """What an editor starts from: the texts, with what the open proposal already changes."""
    values = texts_of(challenge)
    if proposal:
        changes = proposal.changes.exclude(field=ProposedChange.OBJECTIVE)
        values |= {change.field: change.after for change in changes}
    return values


# In words.


def label_of(name) -> str:
    """The name of a field of a challenge, an objective or a commitment, as a form says it."""
    if name in LABELS:
        return LABELS[name]
    model = next(m for m in (Challenge, Objective, Commitment) if name in columns(m))
    label = str(model._meta.get_field(name).verbose_name)
    return label[:1].upper() + label[1:]


def columns(model):
    return {field.name for field in model._meta.get_fields()}


LABELS = {"objective": "Objectif", "audiences": "Pour qui", "milestones": "Étapes à franchir"}
CHOICES = {
    "nature": Challenge.Nature,
    "kind": Objective.Kind,
    "due_precision": Objective.Precision,
}


class Names:
    """The names of what plain values point to, asked once for many values."""

    def __init__(self, pairs):
        wanted = {name: set() for name in NAMED}
        for name, value in pairs:
            if name in NAMED and value:
                wanted[name].update(value if isinstance(value, list) else [value])
        self.by_pk = {
            name: dict(NAMED[name].objects.filter(pk__in=pks).values_list("pk", "name"))
            for name, pks in wanted.items()
            if pks
        }
        # A carrier merged since into another is read under the name of that one.
        carriers = self.by_pk.get("carrier", {})
        if missing := wanted["carrier"] - {*carriers}:
            former = FormerOrganisation.objects.filter(key__in=missing)
            carriers |= dict(former.values_list("key", "organisation__name"))

    def words(self, name, value) -> str:
        """A plain value of a field, as people read it."""
        if name == ProposedChange.OBJECTIVE:
            return promise_in_words(value)
        if name in NAMED:
            pks = value if isinstance(value, list) else [value]
            known = self.by_pk.get(name, {})
            return ", ".join(sorted(known.get(pk, "") for pk in pks if pk)).strip(", ")
        if name in CHOICES:
            return str(dict(CHOICES[name].choices).get(value, ""))
        if value and name in {"due_on", "baseline_on"}:
            return long_date(date.fromisoformat(value))
        if value and name in {"target", "baseline"}:
            return number(Decimal(value))
        return str(value or "")


def promise_in_words(values) -> str:
    """An objective on a few lines: its wording, then what it counts, until when, from where."""
    if not values:
        return ""
    lines = [values["wording"], dict(Objective.Kind.choices).get(values["kind"], "")]
    if values["target"] != "":
        unit = f" {values['unit']}" if values["unit"] else ""
        scope = f" {values['scope']}" if values["scope"] else ""
        lines.append(f"Cible\u00a0: {number(Decimal(values['target']))}{unit}{scope}")
    due = Objective(due_precision=values["due_precision"])
    if values["due_on"]:
        due.due_on = date.fromisoformat(values["due_on"])
        lines.append(f"Échéance\u00a0: {due.due_label}")
    if values["baseline"] != "":
        start = f"Départ\u00a0: {number(Decimal(values['baseline']))}"
        if values["baseline_on"]:
            start += f", mesuré le {long_date(date.fromisoformat(values['baseline_on']))}"
        lines.append(start)
    steps = values.get(MILESTONES, "")
    return "\n".join(lines + [f"Étape\u00a0: {step}" for step in steps.splitlines()])


@dataclass(frozen=True)
class Difference:
    """A field that changes, in words: its name, what goes and comes."""

    name: str
    label: str
    before: str
    after: str

    @property
    def pieces(self):
        return compare(self.before, self.after)

    @property
    def pictures(self):
        """For the field that is one: the picture that goes, and the one that comes, if any."""
        if self.name != "image":
            return []
        both = [("Avant", self.before), ("Après", self.after)]
        return [(when, Picture(name) if name else None) for when, name in both]


def differences(pairs, names=None):
    """What changes, in words; ``pairs`` are a name of field, a value before and one after."""
    names = names or Names([(name, value) for name, *both in pairs for value in both])
    return [
        Difference(name, label_of(name), names.words(name, before), names.words(name, after))
        for name, before, after in pairs
        if before != after
    ]


def changes_in_words(changes):
    """The changes of a proposal, each with its ``difference``; ``published`` as people read it."""
    changes = [*changes]
    pairs = [(change.field, change.before, change.after) for change in changes]
    names = Names([(name, value) for name, *both in pairs for value in both])
    for change, (name, before, after) in zip(changes, pairs, strict=True):
        change.difference = Difference(
            name, label_of(name), names.words(name, before), names.words(name, after)
        )
    return changes
