"""The history of a challenge in words: who changed what, and when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from challenges.models import Challenge
from challenges.sheet import Names, differences, promise_of, texts_of_versions
from space.changes import FORMER, THE_STAFF, People

MOST = 50  # versions of one object
ONE_ACT = timedelta(seconds=2)


@dataclass(frozen=True)
class Version:
    """A change somebody made: its words, and the row of history that it left.

    ``what`` says the kind of change; ``differences`` its texts. ``objective`` is None for the
    texts of the challenge itself. ``number`` is the pk of the row, to come back to it.
    """

    number: int
    who: str
    when: datetime
    what: list
    differences: list
    objective: int | None = None


def namer(territory):
    """How to name whoever left a row of history, to the team of a territory."""
    people = People([territory])

    def name(row):
        found = people.name(row.history_user_id, territory) or "Le portail"
        return found.capitalize() if found in {THE_STAFF, FORMER} else found

    return name


def who_saved(*objects, territory):
    """Who saved any of some objects last, and when: a dict of ``who`` and ``when``."""
    rows = [row for each in objects if (row := each.history.first())]
    row = max(rows, key=lambda row: row.history_date)
    return {"who": namer(territory)(row), "when": row.history_date}


def timeline(challenge):
    """The versions of a challenge and of its objectives, the last first."""
    name = namer(challenge.territory_id)
    found = versions_of_texts(challenge, name)
    for objective in challenge.objectives.all():
        found += versions_of_objective(objective, name)
    return sorted(found, key=lambda version: version.when, reverse=True)


def newest(history):
    """The last rows of a history, the oldest first."""
    return [*reversed(history.all()[: MOST + 1])]


def acts(rows):
    """The last row of each act: a list of themes is one more row of history than the texts."""
    return [
        row
        for row, later in zip(rows, [*rows[1:], None], strict=True)
        if later is None
        or later.history_user_id != row.history_user_id
        or later.history_date - row.history_date > ONE_ACT
    ]


def versions_of_texts(challenge, name):
    rows = acts(newest(challenge.history))
    values = texts_of_versions(rows)
    names = Names([pair for each in values.values() for pair in each.items()])
    found = []
    for before, after in pairwise([None, *rows]):
        old = values[before.pk] if before else dict.fromkeys(values[after.pk], "")
        pairs = [(name, old[name], new) for name, new in values[after.pk].items()]
        words = [] if before is None else differences(pairs, names)
        what = ["Création"] if before is None else []
        what += [
            f"{label}\u00a0: {shown(after)}"
            for label, name, shown in LIFE
            if before and getattr(before, name) != getattr(after, name)
        ]
        if words or what:
            found.append(Version(after.pk, name(after), after.history_date, what, words))
    return found


LIFE = [
    ("Publication", "publication", lambda row: Challenge.Publication(row.publication).label),
    ("Étape", "stage", lambda row: row.get_stage_display() or "inconnue"),
]


def versions_of_objective(objective, name):
    rows = newest(objective.history)
    found = []
    for before, after in pairwise([None, *rows]):
        old = promise_of(before) if before else None
        words = differences([("objective", old, promise_of(after))])
        if words and (before or after.history_type == "+"):
            what = [] if before else ["Nouvel objectif"]
            found.append(
                Version(
                    after.pk,
                    name(after),
                    after.history_date,
                    what,
                    words,
                    objective.pk,
                )
            )
    return found
