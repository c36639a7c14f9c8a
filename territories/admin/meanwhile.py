"""What others saved of a row while somebody had its form open."""

from django.utils import timezone
from django.utils.functional import cached_property

from territories.naming import Names
from territories.versions import (
    label_of,
    long_moment,
    pairs_of,
    told_fields,
    values_of_versions,
    words,
)

MOST_VERSIONS = 50
UNKNOWN = object()  # what a form was filled from, when history does not say it: like nothing


class Meanwhile:
    """The versions of a row after the one that a form was filled from.

    ``base`` is the values of that one; ``current`` those of the row now.
    """

    def __init__(self, row, mark, current, reader):
        self.model, self.current, self.reader = type(row), current, reader
        history = self.model.history.filter(id=row.pk)
        later = history.filter(history_id__gt=mark).order_by("-history_id")[:MOST_VERSIONS]
        self.versions = [*reversed(later)]
        self.before = history.filter(history_id__lte=mark).order_by("history_id").last()

    @cached_property
    def values(self):
        """Of each version, the one before them first."""
        versions = [self.before, *self.versions] if self.before else self.versions
        found = values_of_versions(self.model, versions)
        return [(version, found[version.pk]) for version in versions]

    @cached_property
    def base(self):
        return self.values[0][1] if self.before else dict.fromkeys(self.current, UNKNOWN)

    @cached_property
    def names(self):
        pairs = pairs_of(self.model, self.current)
        return Names(pairs, [version.history_user_id for version in self.versions])

    def author(self, name):
        """The last version that changed a field."""
        found = self.versions[-1]
        said = self.base.get(name)
        for version, values in self.values:
            if values[name] != said:
                found, said = version, values[name]
        return found

    def who(self, version):
        by = version.history_user_id
        return "Vous" if by == self.reader.pk else self.names.who(by)

    def told(self):
        """« Camille Martin a enregistré cette fiche à 14 h 32 »."""
        last = self.versions[-1]
        who = self.who(last)
        verb = "avez" if who == "Vous" else "a"
        return f"{who} {verb} enregistré cette fiche {said_when(last.history_date)}"

    def theirs(self, name) -> dict:
        """A field that somebody else changed: who, and what they wrote."""
        each = told_fields(self.model)[name]
        return {
            "label": label_of(each),
            "who": self.who(self.author(name)),
            "text": words(each, self.current[name], self.names),
        }


def said_when(at):
    local = timezone.localtime(at)
    if local.date() == timezone.localdate():
        return f"à {local:%H}\u00a0h\u00a0{local:%M}"
    return f"le {long_moment(at)}"
