"""The children of a form that somebody deleted while it was open.

Django would refuse the whole form without a word that shows. Here a child that was not touched
follows its deletion; one that was comes back as a new row, with its words and an explanation.
"""

import re

from territories.admin.meanwhile import said_when
from territories.editing import plain
from territories.keys import key_of
from territories.naming import Names

MOST_ROWS = 1_000


def without_vanished(given, inline, prefix, editing):
    """Rewrite the data of a table of children, so that each row it says is there exists."""
    data = given["data"]
    counts = [data.get(f"{prefix}-{name}_FORMS", "") for name in ("INITIAL", "TOTAL")]
    if not all(count.isdecimal() and int(count) <= MOST_ROWS for count in counts):
        return
    initial, total = map(int, counts)
    rows = [row_of(data, prefix, number) for number in range(total)]
    keys = {key_in(row) for row in rows[:initial]} - {None}
    there = {*given["queryset"].filter(pk__in=keys).values_list("pk", flat=True)}
    # As many rows as the form has, in its order: those added meanwhile are not in it.
    given["queryset"] = given["queryset"].filter(pk__in=there)
    gone = last_versions(inline.model, keys - there)
    if not gone:
        return
    kept, revived = [], []
    for number, row in enumerate(rows[:initial]):
        version = gone.get(key_in(row))
        if version is None:
            kept.append(row)
        elif is_touched(data, inline, f"{prefix}-{number}", version):
            revived.append((row | {"id": [""]}, version))
    write(data, prefix, kept, [row for row, _ in revived], rows[initial:])
    for number, (_, version) in enumerate(revived, start=len(kept)):
        editing.revived[f"{prefix}-{number}"] = told(version)


def row_of(data, prefix, number):
    """What a form says of one row, by the end of its name."""
    start = f"{prefix}-{number}-"
    return {name.removeprefix(start): data.getlist(name) for name in data if name.startswith(start)}


def key_in(row):
    return key_of((row.get("id") or [""])[-1])


def last_versions(model, keys):
    """What was kept of rows that were deleted, by key."""
    rows = model.history.filter(id__in=keys, history_type="-") if keys else ()
    return {row.id: row for row in rows}


def is_touched(data, inline, prefix, version):
    """Whether whoever sent the form had changed a row, and not asked to delete it."""
    if f"{prefix}-DELETE" in data:
        return False
    form = inline.plain_form(data, prefix=prefix, instance=version.instance)
    if not any(form.add_prefix(name) in data for name in form.fields):
        return False  # a row that is only shown
    return any(not is_alike(form[name].data, form.initial.get(name)) for name in form.changed_data)


def is_alike(sent, was):
    return isinstance(sent, str) and isinstance(was, str) and plain(sent) == plain(was)


def write(data, prefix, kept, revived, added):
    for name in [name for name in data if re.match(rf"{re.escape(prefix)}-\d+-", name)]:
        del data[name]
    for number, row in enumerate([*kept, *revived, *added]):
        for name, values in row.items():
            data.setlist(f"{prefix}-{number}-{name}", values)
    data[f"{prefix}-INITIAL_FORMS"] = f"{len(kept)}"
    data[f"{prefix}-TOTAL_FORMS"] = f"{len(kept) + len(revived) + len(added)}"


def told(version):
    who = Names([], [version.history_user_id]).who(version.history_user_id)
    return (
        f"{who} a supprimé cette ligne {said_when(version.history_date)}, pendant que vous "
        "l’aviez ouverte. Si vous enregistrez de nouveau, elle revient\u00a0; videz-la pour la "
        "laisser supprimée."
    )
