"""Merging organisations that are one: all that hangs from them passes to the one that stays.

What hangs from an organisation is found in the models themselves, so that none is forgotten.
"""

from dataclasses import dataclass

from django.db import models, transaction
from django.utils.text import capfirst
from simple_history.models import HistoricalChanges

from search import index
from territories.acts import ActError, Line, erase, locked, record, sign
from territories.french import long_date
from territories.models import Organisation
from territories.models.former import FormerOrganisation

MOST = 10  # at a time: the page that tells of a merge is to be read
SAID = ["since", "until", "note"]  # what a row that is dropped may say alone
TEXTS = ["description", "website"]  # that fill a blank of the one that stays


def relations():
    """Every way for a row to point to an organisation, but the histories, that nobody writes."""
    found = Organisation._meta.get_fields(include_hidden=True)
    return [
        relation
        for relation in found
        if relation.auto_created
        and not relation.concrete
        and not relation.related_model._meta.auto_created  # the table of a list: by its list
        and not issubclass(relation.related_model, HistoricalChanges)
    ]


def words(number, model):
    meta = model._meta
    return f"{number} {meta.verbose_name if number == 1 else meta.verbose_name_plural}"


def merge_lines(organisations) -> list[Line]:
    """What hangs from each today; as many queries whatever their number."""
    counts = {}
    for relation in relations():
        if relation.related_model is FormerOrganisation:
            continue
        name = relation.field.name
        rows = relation.related_model._default_manager.filter(**{f"{name}__in": organisations})
        for pk, number in (
            rows.order_by().values_list(name).annotate(number=models.Count("pk", distinct=True))
        ):
            told = words(number, relation.related_model)
            if relation.field.verbose_name != Organisation._meta.verbose_name:
                told = f"{told} ({relation.field.verbose_name})"
            counts.setdefault(pk, []).append(told)
    return [
        Line(
            one,
            "\u00a0; ".join([one.get_category_display(), *counts.get(one.pk, ["sans aucun lien"])]),
            name=f"{one} (/acteurs/{one.slug}/)",
        )
        for one in organisations.order_by("name", "pk")
    ]


@dataclass(frozen=True)
class Move:
    """A row that points to one that goes, and what becomes of it: moved, or dropped."""

    row: models.Model
    field: models.Field
    gone: Organisation
    is_double: bool

    def line(self, keep):
        territory = getattr(self.row, "territory", None)
        kind = capfirst(self.row._meta.verbose_name)
        name = f"{kind}\u00a0: {f'{territory}, ' if territory else ''}{self.row}"
        if not self.is_double:
            told = f"{capfirst(self.field.verbose_name)}\u00a0: {keep} au lieu de {self.gone}."
        elif self.field.many_to_many:
            told = f"{keep} y est déjà\u00a0: {self.gone} en est retiré."
        else:
            told = (
                f"{keep} y est déjà au même titre\u00a0: cette ligne est supprimée{lost(self.row)}."
            )
        return Line(self.row, told, name=name)


def lost(row):
    said = []
    for name in SAID:
        if value := getattr(row, name, ""):
            words = value if isinstance(value, str) else long_date(value)
            said.append(f"{row._meta.get_field(name).verbose_name} {words}")
    return f", avec ce qu’elle disait ({', '.join(said)})" if said else ""


def moves(gone, keep) -> list[Move]:
    """What becomes of each row that points to those that go; two queries a relation."""
    found = []
    by_pk = {one.pk: one for one in gone}
    for relation in relations():
        model, field = relation.related_model, relation.field
        if model is FormerOrganisation:
            continue
        rows = model._default_manager.order_by("pk")
        parents = [f.name for f in model._meta.fields if f.name in {"territory", "pillar"}]
        rows = rows.select_related(*parents) if parents else rows
        if field.many_to_many:
            found += listed(rows, field, by_pk, keep)
            continue
        rows = rows.prefetch_related(field.name)
        rules = unique_with(model, field)
        taken = {key for row in rows.filter(**{field.name: keep}) for key in keys(row, rules)}
        for row in rows.filter(**{f"{field.name}__in": gone}):
            own = keys(row, rules)
            found.append(Move(row, field, by_pk[getattr(row, field.attname)], bool(own & taken)))
            taken |= own
    return found


def listed(rows, field, by_pk, keep):
    through = field.remote_field.through._default_manager
    source, target = field.m2m_column_name(), field.m2m_reverse_name()
    pairs = [*through.filter(**{f"{target}__in": [*by_pk, keep.pk]}).values_list(source, target)]
    having = {row for row, pk in pairs if pk == keep.pk}
    by_key = {row.pk: row for row in rows.filter(pk__in=[row for row, _ in pairs])}
    for row, pk in sorted(pairs):
        if pk != keep.pk:
            yield Move(by_key[row], field, by_pk[pk], row in having)
            having.add(row)


def unique_with(model, field):
    """The other fields of each rule by which two rows may not share an organisation."""
    rules = [[]] if field.unique else []
    for rule in model._meta.constraints:
        if not isinstance(rule, models.UniqueConstraint) or rule.condition is not None:
            continue
        names = [*rule.fields, *(getattr(part, "name", None) for part in rule.expressions)]
        if field.name in names and None not in names:
            rules.append([name for name in names if name != field.name])
    return rules


def keys(row, rules):
    return {
        (number, *(getattr(row, row._meta.get_field(name).attname) for name in rule))
        for number, rule in enumerate(rules)
    }


def merge_plan(organisations, *, keep) -> list[Line]:
    """What merging these into ``keep``, one of them, would do. ``ActError`` when it may not be."""
    gone = [*organisations.exclude(pk=keep.pk).order_by("name", "pk")]
    check(gone, keep)
    return [
        *(Line(one, farewell(one, keep), name=f"{one} (/acteurs/{one.slug}/)") for one in gone),
        *told_texts(gone, keep),
        *(move.line(keep) for move in moves(gone, keep)),
    ]


def check(gone, keep):
    if not gone:
        raise ActError("Choisissez au moins deux acteurs.")
    if len(gone) >= MOST:
        raise ActError(f"Fusionnez {MOST}\u00a0acteurs au plus à la fois.")
    if {one.demonstration_id for one in gone} != {keep.demonstration_id}:
        raise ActError("Un acteur fictif, de la démonstration, ne se fusionne pas avec un vrai.")


def farewell(one, keep):
    told = f"Disparaît\u00a0; son adresse mène à {keep}."
    if one.name != keep.name:
        told += " Son nom est perdu."
    if one.category != keep.category:
        told += f" Sa catégorie ({one.get_category_display()}) aussi."
    return told


def told_texts(gone, keep):
    filled = fillings(gone, keep)
    for name in TEXTS:
        label = capfirst(str(Organisation._meta.get_field(name).verbose_name))
        for one in gone:
            text = getattr(one, name)
            if not text or text == getattr(keep, name):
                continue
            taken = filled.get(name) == text
            what = f"Repris par {keep}" if taken else "Perdu"
            yield Line(one, f"{what}\u00a0: «\u00a0{text}\u00a0»", name=f"{label} de {one}")


def fillings(gone, keep):
    """What the one that stays lacks, from the first that has it."""
    found = {name: next(filter(None, (getattr(one, name) for one in gone)), "") for name in TEXTS}
    return {name: text for name, text in found.items() if text and not getattr(keep, name)}


@transaction.atomic
def merge(*, organisations, keep, by) -> list[Line]:
    """Make one organisation of several: all that points to them points to ``keep``.

    Rows that would then be twice the same are deleted, blanks of ``keep`` are filled, and the
    addresses of the others lead to it. Each row written says so in its history. ``ActError`` when
    one of them is no more.
    """
    chosen = {row.pk: row for row in locked(organisations)}
    if keep.pk not in chosen:
        raise ActError(f"{keep} n’existe plus\u00a0: choisissez de nouveau.")
    keep = chosen.pop(keep.pk)
    lines = merge_plan(organisations, keep=keep)
    gone = [*chosen.values()]
    before = index.touched(*gone, keep)
    into, why = f"Fusion dans {keep}", f"Fusion de {', '.join(map(str, gone))}"
    for name, text in fillings(sorted(gone, key=lambda one: (one.name, one.pk)), keep).items():
        setattr(keep, name, text)
    record(keep, by=by, why=why)
    for move in moves(gone, keep):
        carry_out(move, keep, by, into)
    for one in gone:
        FormerOrganisation.objects.filter(organisation=one).update(organisation=keep)
        FormerOrganisation.objects.filter(slug=one.slug).delete()
        FormerOrganisation.objects.create(slug=one.slug, key=one.pk, organisation=keep)
        erase(one, by=by, why=into)
    index.refresh(before, index.touched(keep))
    return lines


def carry_out(move, keep, by, why):
    # Read again: the row may point by two fields to those that go.
    row = locked(type(move.row)._default_manager.filter(pk=move.row.pk)).get()
    if move.field.many_to_many:
        sign(row, by, why)  # each change of the list is a row of history too
        cited = getattr(row, move.field.name)
        cited.remove(move.gone)
        cited.add(keep)
    elif move.is_double:
        erase(row, by=by, why=why)
        return
    else:
        setattr(row, move.field.name, keep)
    record(row, by=by, why=why)
