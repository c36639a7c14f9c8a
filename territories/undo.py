"""Undoing an act: each row that nobody changed since goes back to what it was before."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from territories.acts import ActError, Line, erase, kept, locked, noted, record
from territories.models import Deed, Designation, Wave
from territories.models.deed import MINUTES
from territories.models.label import moment

TOO_LATE = f"Un acte s’annule dans les {MINUTES}\u00a0minutes\u00a0: corrigez à la main."
CLASH = "ce qui s’est fait depuis empêche ce retour\u00a0; laissée telle quelle."


def keep(*, by, about, name, told, writes, undoes=None) -> Deed:
    """Write a deed and what it wrote."""
    deed = Deed.objects.create(by=by, about=about, name=name, told=told, undoes=undoes)
    for write in writes:
        write.deed = deed
    deed.writes.bulk_create(writes)
    return deed


@transaction.atomic
def undo(*, deed: Deed, by) -> Deed:
    """Put back the rows of a deed, and return the deed that does so: its answer tells of each.

    A row that the deed created is deleted. One that somebody changed since, or that may not go
    back, is left. Asked twice, the second changes nothing and has the same answer. ``ActError``
    to anybody but who did it, and past ten minutes.
    """
    deed = Deed.objects.select_for_update().get(pk=deed.pk)
    if deed.by_id != by.pk:
        raise ActError("Un acte n’est annulé que par la personne qui l’a fait.")
    if done := Deed.objects.filter(undoes=deed).first():
        return done
    if not deed.minutes_left:
        raise ActError(TOO_LATE)
    why = f"Annulation\u00a0: {deed.told}"
    with noted() as writes:
        lines = [put_back(change, deed, by, why) for change in reversed(changes_of(deed))]
    done = keep(by=by, about=deed.about, name="undo", told=why[:200], writes=writes, undoes=deed)
    done.answer = "\n".join(answer(lines))
    done.save()
    return done


def answer(lines):
    count = len(kept(lines))
    yield {0: "Rien n’a pu être annulé.", 1: "1 ligne est redevenue comme avant."}.get(
        count, f"{count} lignes sont redevenues comme avant."
    )
    for line in lines:
        if line.refusal:
            yield f"{line}\u00a0: {line.refusal}"


class Change:
    """What a deed did to a row: the versions it wrote, the one before, and the row, locked."""

    def __init__(self, model, pk):
        self.model, self.pk, self.written = model, pk, []
        self.row = None

    @property
    def versions(self):
        return self.model.history.filter(**{self.model._meta.pk.attname: self.pk})

    @property
    def before(self):
        return self.versions.filter(history_id__lt=self.written[0]).order_by("history_id").last()

    @property
    def last(self):
        return self.versions.select_related("history_user").order_by("history_id").last()

    @property
    def is_creation(self):
        return self.versions.get(history_id=self.written[0]).history_type == "+"


def changes_of(deed):
    """In the order of the act, which is that of its locks too."""
    changes = {}
    for write in deed.writes.order_by("pk").select_related("model"):
        model = write.model.model_class()
        change = changes.setdefault((model, write.row), Change(model, write.row))
        change.written.append(write.version)
    for model in dict.fromkeys(model for model, _ in changes):
        pks = [pk for of, pk in changes if of is model]
        for row in locked(model.objects.filter(pk__in=pks)):
            changes[model, row.pk].row = row
    return [*changes.values()]


def put_back(change, deed, by, why) -> Line:
    last = change.last
    if change.row is None:
        return Line(deed, refusal="supprimée depuis.", name=f"{last.history_object}")
    row = change.row
    if last.history_id != change.written[-1]:
        who = f" par {last.history_user}" if last.history_user else ""
        return Line(row, refusal=f"modifiée depuis{who}, laissée telle quelle.")
    try:
        with transaction.atomic():
            return removed(row, by, why) if change.is_creation else restored(change, deed, by, why)
    except (IntegrityError, ProtectedError, ValidationError) as error:
        said = " ".join(error.messages) if isinstance(error, ValidationError) else CLASH
        return Line(row, refusal=said)


def removed(row, by, why):
    for relation in row._meta.related_objects:
        if relation.related_model._default_manager.filter(**{relation.field.name: row}).exists():
            raise ValidationError("d’autres fiches en dépendent depuis, elle est laissée.")
    line = Line(row, "supprimée", name=str(row))
    erase(row, by=by, why=why)
    return line


def restored(change, deed, by, why):
    """Only what the act changed: the rest may have moved without a history."""
    row, before, last = change.row, change.before, change.last
    if before is None:
        raise ValidationError("son état d’avant n’a pas été gardé.")
    object_to = OBJECTIONS.get(change.model)
    if object_to and (objection := object_to(row, before, deed)):
        raise ValidationError(objection)
    for field in last.tracked_fields:
        value = getattr(before, field.attname)
        if value != getattr(last, field.attname):
            setattr(row, field.attname, value)
    row.validate_constraints()
    record(row, by=by, why=why)
    return Line(row, "remise")


def embargo_objection(wave, before, deed):
    """Why a wave may not go back: labels would come out that nobody meant to show."""
    if wave.is_secret() and before.embargo_until and before.embargo_until <= moment():
        return "le moment qui était prévu est passé\u00a0: annoncez-la de nouveau."
    since = Designation.history.filter(wave=wave.pk, history_date__gt=deed.at)
    if since.exclude(history_type="-").exists():
        return "des labels y ont été accordés ou changés depuis, elle est laissée telle quelle."
    return ""


# What a model has to say against the return of one of its rows to a former state.
OBJECTIONS = {Wave: embargo_objection}
