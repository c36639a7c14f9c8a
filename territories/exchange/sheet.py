"""The sheet of a model: its columns, what a file would change, and carrying it out."""

import hashlib
import json
from dataclasses import dataclass, field

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DatabaseError, transaction
from import_export.resources import ModelResource
from import_export.results import RowResult
from tablib import Dataset

from search import index
from territories.exchange.cells import Rows, in_words, plain
from territories.exchange.files import FileError, Table

NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"
KINDS = {
    RowResult.IMPORT_TYPE_NEW: NEW,
    RowResult.IMPORT_TYPE_UPDATE: CHANGED,
    RowResult.IMPORT_TYPE_SKIP: UNCHANGED,
}
MOST_REASON = 100  # characters that history keeps


@dataclass
class Outcome:
    """What becomes of a row of the file; ``differences`` are (heading, old, new), in words."""

    number: int
    kind: str
    name: str = ""
    differences: list = field(default_factory=list)
    faults: list = field(default_factory=list)  # pairs of a heading, or nothing, and a sentence


@dataclass
class Report:
    outcomes: list[Outcome]
    is_written: bool = False
    failure: str = ""  # what stopped it all, with no row to name

    def of(self, kind):
        return [outcome for outcome in self.outcomes if outcome.kind == kind]

    @property
    def count(self):
        return {kind: len(self.of(kind)) for kind in [NEW, CHANGED, UNCHANGED, REFUSED]}

    @property
    def digest(self):
        """Two alike reports promise the same."""
        told = [(o.number, o.kind, o.differences, o.faults) for o in self.outcomes]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


class Sheet(ModelResource):
    """Import-export's resource, told in French; rows are found by ``find``, never by their id.

    A column that the file leaves out stays as it is. ``keys`` are the headings it cannot leave
    out. Every change is saved one row at a time, so that history has it.
    """

    keys: list[str] = []

    class Meta:
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
        skip_diff = True  # its own makes HTML, and copies each row
        store_instance = True
        use_transactions = True
        fields: list[str] = []

    def __init__(self, by=None, file_name=""):
        super().__init__()
        self.by = by
        self.reason = f"Import de {file_name}"[:MOST_REASON]
        self.before, self.writes, self.faults = [], False, {}
        self.step = None  # called with the number of each row, if anybody wants to know

    # What a row is

    def columns(self):
        return self.get_import_fields()

    def headings(self):
        return [column.column_name for column in self.columns()]

    def cell(self, row, name):
        """The value that a row has in the column of an attribute; None where it has none."""
        column = self.fields[name]
        if column.column_name not in row:
            return None
        try:
            return column.clean(row)
        except ValueError as error:
            raise ValidationError({column.attribute: str(error)}) from error

    def find(self, row):
        """The row of the database that a row of the file tells, or None."""
        raise NotImplementedError

    def the_one(self, **condition):
        rows = self._meta.model.objects.filter(**condition)
        if self.writes:
            rows = rows.select_for_update(of=("self",))
        return rows.first()

    # Import-export's own steps

    def before_import_row(self, row, row_number=None, **kwargs):
        if self.step:
            self.step(row_number)
        if fault := self.faults.get(row_number):
            raise ValidationError(fault)

    def get_instance(self, instance_loader, row):
        return self.find(row)

    def import_instance(self, instance, row, **kwargs):
        """Set what changes, and only that; tell it in ``differences``."""
        errors, instance.differences, instance.links = {}, [], {}
        is_new = instance.pk is None
        for column in self.columns():
            if column.readonly or column.column_name not in row:
                continue
            is_many = isinstance(column.widget, Rows)
            try:
                value = column.clean(row)
            except ValueError as error:
                errors[column.attribute] = ValidationError(str(error))
                continue
            old = "" if is_new else self.told(column, column.get_value(instance))
            new = self.told(column, value)
            if plain(old) == plain(new):
                continue
            instance.differences.append((column.column_name, old, new))
            if objection := self.objection(instance, column.attribute, value):
                errors[column.attribute] = ValidationError(objection)
            elif is_many:
                instance.links[column.attribute] = value
            elif value is not None or self.takes_nothing(column):
                setattr(instance, column.attribute, value)
            else:
                errors[column.attribute] = ValidationError("Cette cellule ne peut être vide.")
        if errors:
            raise ValidationError(errors)

    def objection(self, instance, name, value) -> str:
        """Why a column may not take a value here: an act gives it, which does more than write it.

        ``instance`` still has its present value; the default one, when it is new.
        """
        return ""

    def told(self, column, value):
        return in_words(column.widget.render(value))

    def takes_nothing(self, column):
        return self._meta.model._meta.get_field(column.attribute).null

    def skip_row(self, instance, original, row, import_validation_errors=None):
        return bool(instance.pk and not import_validation_errors and not instance.differences)

    def save_instance(self, instance, is_create, row, **kwargs):
        instance._change_reason, instance._history_user = self.reason, self.by
        if self.writes and not is_create:
            self.before.append(index.touched(instance))
        super().save_instance(instance, is_create, row, **kwargs)

    def save_m2m(self, instance, row, **kwargs):
        for name, rows in instance.links.items():
            getattr(instance, name).set(rows)

    def after_import_row(self, row, row_result, **kwargs):
        row_result.differences = row_result.instance.differences

    def after_import(self, dataset, result, **kwargs):
        """Leave the sequences of PostgreSQL alone: no id was given."""

    # A whole file

    def check_headings(self, table: Table):
        known = self.headings()
        expected = f"Attendues\u00a0: {', '.join(known)}."
        if not set(table.headings) & set(known):
            raise FileError(f"Les colonnes ne sont pas celles attendues. {expected}")
        if len(set(table.headings)) < len(table.headings):
            raise FileError("Deux colonnes ont le même titre, ou n’en ont pas.")
        if unknown := [heading for heading in table.headings if heading not in known]:
            named = ", ".join(heading[:60] or "(sans titre)" for heading in unknown)
            raise FileError(f"Colonnes inconnues\u00a0: {named}. {expected}")
        if missing := [heading for heading in self.keys if heading not in table.headings]:
            raise FileError(f"Colonnes manquantes\u00a0: {', '.join(missing)}.")

    def tell(self, table: Table) -> Report:
        """What the file would change; nothing is written."""
        return self.run(table, writes=False)

    def carry_out(self, table: Table, *, partly=False, expected="") -> Report:
        """Write it, unless a row is refused and ``partly`` is false, or all is not as expected.

        ``expected`` is the digest of the report that was read before saying yes.
        """
        with transaction.atomic():
            report = self.run(table, writes=True)
            is_fit = not report.failure and (partly or not report.of(REFUSED))
            if not is_fit or (expected and report.digest != expected):
                transaction.set_rollback(True)
                return report
            self.record(report)
        report.is_written = True
        return report

    def prepare(self, table):
        """Read, or lock, what the rows need together."""

    def run(self, table, *, writes):
        self.check_headings(table)
        self.writes = writes
        places = {number: place for place, number in enumerate(table.numbers, 1)}
        self.faults = {places[number]: fault for number, fault in table.faults.items()}
        dataset = Dataset(*table.rows, headers=table.headings)
        try:
            with transaction.atomic():
                self.prepare(table)
                result = self.import_data(dataset, dry_run=not writes)
        except DatabaseError:
            return Report([], failure="La base de données a refusé cet import\u00a0: réessayez.")
        outcomes = [
            self.outcome(number, row)
            for number, row in zip(table.numbers, result.rows, strict=True)
        ]
        failure = ""
        if result.has_errors():
            failure = "L’import a échoué sur une ligne imprévue\u00a0: rien n’est écrit."
        self.results = result.rows
        return Report(outcomes, failure=failure)

    def outcome(self, number, row):
        if row.errors:
            return Outcome(number, REFUSED, faults=[("", "Cette ligne ne peut être lue.")])
        if row.validation_error:
            return Outcome(number, REFUSED, faults=self.in_french(row.validation_error))
        kind = KINDS[row.import_type]
        differences = row.differences if kind != UNCHANGED else []
        return Outcome(number, kind, str(row.instance), differences)

    def in_french(self, error):
        """Pairs of a heading and what is wrong under it."""
        headings = {column.attribute: column.column_name for column in self.columns()}
        if hasattr(error, "error_dict"):
            by_field = error.error_dict
        else:
            by_field = {NON_FIELD_ERRORS: error.error_list}
        return [
            (headings.get(name, ""), sentence)
            for name, errors in by_field.items()
            for sentence in ValidationError(errors).messages
        ]

    def record(self, report):
        """The admin log of each row written, and the search index."""
        for kind, flag in [
            (RowResult.IMPORT_TYPE_NEW, ADDITION),
            (RowResult.IMPORT_TYPE_UPDATE, CHANGE),
        ]:
            rows = [row.instance for row in self.results if row.import_type == kind]
            if rows and self.by:
                self.log(rows, flag)
        written = [row.instance for row in self.results if row.import_type in {"new", "update"}]
        self.refresh(written)

    def log(self, rows, flag):
        for start in range(0, len(rows), 500):
            LogEntry.objects.log_actions(
                self.by.pk, rows[start : start + 500], flag, self.reason, single_object=False
            )

    def refresh(self, rows):
        if rows:
            index.refresh(*self.before, *(index.touched(row) for row in rows))

    # Out

    def chosen(self, queryset):
        """The rows of a queryset, with what their cells need."""
        return self.get_queryset().filter(pk__in=queryset.order_by().values("pk"))

    def lines(self, queryset, headings):
        columns = [column for column in self.columns() if column.column_name in headings]
        for row in self.chosen(queryset).iterator(chunk_size=1000):
            yield [column.widget.render(column.get_value(row)) for column in columns]
