"""An old version of a row, put in its form: what it fills, what it cannot."""

from django.utils.functional import cached_property

from territories.admin.edited import PICTURE
from territories.differences import Clock
from territories.naming import Names
from territories.pictures import path_of
from territories.timeline import PAGE_SECONDS
from territories.versions import (
    differences,
    long_moment,
    pairs_of,
    told_fields,
    values_of_row,
    values_of_versions,
)


class TakingUp:
    """A version to take up in the form of its row.

    What points to rows deleted since stays as it is today, and is told.
    """

    def __init__(self, row, version):
        self.row, self.version, self.model = row, version, type(row)
        self.current = values_of_row(row)
        self.values = values_of_versions(self.model, [version])[version.pk]

    @property
    def number(self):
        return self.version.history_id

    @property
    def when(self):
        return long_moment(self.version.history_date)

    @property
    def who(self):
        by = self.version.history_user_id
        return self.names.who(by) if by else "le portail"

    @property
    def reason(self):
        return f"Reprise de la version du {self.when}"

    @cached_property
    def names(self):
        pairs = pairs_of(self.model, self.values, self.current)
        return Names(pairs, [self.version.history_user_id])

    @cached_property
    def standing(self):
        """The rows that changed fields point to and that are still there, by name of field."""
        found = {}
        for name, each in told_fields(self.model).items():
            value = self.values[name]
            if each.related_model and value and value != self.current[name]:
                pks = value if isinstance(value, list) else [value]
                rows = each.related_model._base_manager.filter(pk__in=pks)
                found[name] = {*rows.values_list("pk", flat=True)}
        return found

    @cached_property
    def initial(self):
        """What the fields of the form are filled with."""
        found = {}
        for name, each in told_fields(self.model).items():
            value = self.values[name]
            if each.many_to_many:
                kept = self.standing.get(name)
                found[name] = value if kept is None else [pk for pk in value if pk in kept]
            elif name not in self.standing or value in self.standing[name]:
                found[name] = getattr(self.version, each.attname)
        return found

    @cached_property
    def picture(self):
        """Of the version; empty if it had none, None if it is as today or lost."""
        if self.values.get(PICTURE) in (None, self.current.get(PICTURE)):
            return None
        name = self.version.image
        return name if not name or path_of(name).exists() else None

    def differences(self):
        return differences(self.model, self.current, self.values, self.names, Clock(PAGE_SECONDS))

    def told(self, form):
        """What the form will change, what it leaves, and the rows that are no more; in words."""
        changed, left, lost = [], [], []
        for each in self.differences():
            if each.name == PICTURE:
                (left if self.picture is None else changed).append(each)
            elif each.name not in form.fields:
                left.append(each)
            else:
                gone = self.gone(each)
                lost += [(each.label, self.names.name(each.field.related_model, pk)) for pk in gone]
                if each.name in self.initial and self.is_filled(each):
                    changed.append(each)
        return {"changed": changed, "left": left, "lost": lost}

    def gone(self, each):
        if each.name not in self.standing:
            return []
        value = self.values[each.name]
        pks = value if isinstance(value, list) else [value]
        return [pk for pk in pks if pk not in self.standing[each.name]]

    def is_filled(self, each):
        """Whether what is left of a list still differs from today’s."""
        return not each.field.many_to_many or self.initial[each.name] != self.current[each.name]
