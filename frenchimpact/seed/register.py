"""Keeps the database in line with the founding files, and never against the staff's will."""

from collections import Counter

from django.core.exceptions import ValidationError
from django.utils.text import capfirst, slugify

from frenchimpact.seed.typography import typeset

REASON = "Chargement du document fondateur"

DIFFERENT = typeset("{row} : « {field} » vaut « {value} », le fichier dit « {said} » — {outcome}")
DELETED = typeset("{kind} « {key} » : supprimé, laissé supprimé")
SUMMARY = {
    "created": "créés : {}",
    "unchanged": "inchangés : {}",
    "different": "différents, laissés tels quels : {}",
    "deleted": "supprimés, laissés supprimés : {}",
    "rewritten": "remis au texte du fichier : {}",
}


class Register:
    """Creates the rows that are missing, and words what differs from the files or was deleted.

    With ``overwrite`` the files prevail over what staff changed or deleted since.
    """

    def __init__(self, overwrite=False):
        self.overwrite = overwrite
        self.counts = Counter()
        self.notes = []
        self._keys = set()
        self._rows = set()
        self._words = {}

    @property
    def summary(self):
        parts = [
            wording.format(self.counts[outcome])
            for outcome, wording in SUMMARY.items()
            if outcome != "rewritten" or self.overwrite
        ]
        return typeset(capfirst(" ; ".join(parts)) + ".")

    def keep(
        self, model, record, key, says=None, *, at_first=None, lists=None, loaded_before=False
    ):
        """The row of this natural key, saying what ``record`` says; None if it is left deleted.

        ``at_first``: what a new row starts with and staff decide afterwards, never compared.
        ``lists``: many-to-many fields. ``loaded_before``: for a model without history, that an
        absent row was deleted. A None among required values stands for a row left deleted.
        """
        fields = key | (says or {})
        lists = {name: [row for row in rows if row] for name, rows in (lists or {}).items()}
        orphan = {
            name
            for name, value in fields.items()
            if value is None and not model._meta.get_field(name).null
        }
        row = None
        if not orphan & key.keys():
            row, loaded_before = self._find(model, record, key, loaded_before)
        if row is None and (orphan or (loaded_before and not self.overwrite)):
            self.counts["deleted"] += 1
            words = ", ".join(str(value or "supprimé") for value in key.values())
            self.notes.append(DELETED.format(kind=capfirst(model._meta.verbose_name), key=words))
            return None
        if row is None:
            row = model(**fields, **(at_first or {}))
            self._save(row, record, lists)
            self.counts["created"] += 1
        else:
            said = {name: value for name, value in fields.items() if name not in orphan}
            self._compare(row, record, said, lists)
        self._rows.add((model, row.pk))
        return row

    def keep_words(self, model, record, key, typeset, loaded_before):
        """The rows of a vocabulary (themes, audiences) that a list of words names."""
        rows = []
        for word in record.read_all(key, str):
            name = typeset(word)
            slug = slugify(name)
            if (model, slug) not in self._words:
                # Staff may have changed either; both are unique.
                known_by_name = model.objects.filter(name=name).exists()
                pair = [{"slug": slug}, {"name": name}][:: -1 if known_by_name else 1]
                self._words[model, slug] = self.keep(
                    model, record, *pair, loaded_before=loaded_before
                )
            rows.append(self._words[model, slug])
        return rows

    def _find(self, model, record, key, loaded_before):
        """The row of this key, even under a key staff gave it since; and whether it ever was."""
        name = (model, *key.values())
        if name in self._keys:
            words = ", ".join(str(value) for value in key.values())
            raise record.error(f"« {words} » figure deux fois")
        self._keys.add(name)
        row = model.objects.filter(**key).first()
        if row or not hasattr(model, "history"):
            return row, loaded_before
        past = model.history.filter(**key).exclude(history_type="~")
        ids = set(past.values_list("id", flat=True))
        taken = [pk for taken_model, pk in self._rows if taken_model is model]
        return model.objects.filter(pk__in=ids).exclude(pk__in=taken).first(), bool(ids)

    def _compare(self, row, record, said, lists):
        differences = []
        for name, value in said.items():
            if getattr(row, name) != value:
                differences.append((name, getattr(row, name), value))
        for name, rows in lists.items():
            present = list(getattr(row, name).all())
            if set(present) != set(rows):
                differences.append((name, present, rows))
        outcome = "repris du fichier" if self.overwrite else "laissé tel quel"
        for name, value, said_value in differences:
            field = row._meta.get_field(name)
            self.notes.append(
                DIFFERENT.format(
                    row=_name(row),
                    field=field.verbose_name,
                    value=_words(field, value),
                    said=_words(field, said_value),
                    outcome=outcome,
                )
            )
        if not differences:
            self.counts["unchanged"] += 1
        elif self.overwrite:
            for name, value in said.items():
                setattr(row, name, value)
            self._save(row, record, lists)
            self.counts["rewritten"] += 1
        else:
            self.counts["different"] += 1

    def _save(self, row, record, lists):
        row._change_reason = REASON
        try:
            row.full_clean()
        except ValidationError as error:
            raise record.error(f"{_name(row)} : {' '.join(error.messages)}") from error
        row.save()
        for name, rows in lists.items():
            getattr(row, name).set(rows)


def _name(row):
    """« Territoire Figeac »; « 1re vague », which already says what it is."""
    kind, name = row._meta.verbose_name, str(row)
    return capfirst(name if kind.lower() in name.lower() else f"{kind} {name}")


def _words(field, value):
    if isinstance(value, list):
        return ", ".join(sorted(str(row) for row in value)) or "(vide)"
    if value in (None, ""):
        return "(vide)"
    return dict(field.flatchoices).get(value, value)
