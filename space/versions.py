"""The history of a challenge in words: who changed what, and when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from challenges.models import Challenge
from challenges.sheet import Names, differences, promise_of, texts_of_versions

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


def name_of(user) -> str:
    """A person as their own team may read them; the label's team has one name for all."""
    if user is None:
        return "Le portail"
    if user.is_staff:
        return "L’équipe du label"
    return user.name or user.email


def who_saved(*objects):
    """Who saved any of some objects last, and when: a dict of ``who`` and ``when``."""
    rows = [each.history.select_related("history_user").first() for each in objects]
    row = max((row for row in rows if row), key=lambda row: row.history_date)
    return {"who": name_of(row.history_user), "when": row.history_date}


def timeline(challenge):
    """The versions of a challenge and of its objectives, the last first."""
    found = versions_of_texts(challenge)
    for objective in challenge.objectives.all():
        found += versions_of_objective(objective)
    return sorted(found, key=lambda version: version.when, reverse=True)


def newest(history):
    """The last rows of a history, the oldest first."""
    return [*reversed(history.select_related("history_user")[: MOST + 1])]


def acts(rows):
    """The last row of each act: a list of themes is one more row of history than the texts."""
    return [
        row
        for row, later in zip(rows, [*rows[1:], None], strict=True)
        if later is None
        or later.history_user_id != row.history_user_id
        or later.history_date - row.history_date > ONE_ACT
    ]


def versions_of_texts(challenge):
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
            found.append(
                Version(after.pk, name_of(after.history_user), after.history_date, what, words)
            )
    return found


LIFE = [
    ("Publication", "publication", lambda row: Challenge.Publication(row.publication).label),
    ("Étape", "stage", lambda row: row.get_stage_display() or "inconnue"),
]


def versions_of_objective(objective):
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
                    name_of(after.history_user),
                    after.history_date,
                    what,
                    words,
                    objective.pk,
                )
            )
    return found
