"""Acts on what the public reads: publish, take back to draft, archive a sheet.

They know the sheets of every app alike: each has a ``publication``.
"""

from django.db import transaction

from territories.acts import Line, kept, locked, record
from territories.models import Territory
from territories.models.label import Publication

DONE = {
    Publication.PUBLISHED: ("publié", "Publication"),
    Publication.DRAFT: ("en brouillon", "Retour en brouillon"),
    Publication.ARCHIVED: ("archivé", "Archivage"),
}


def change_lines(rows, publication) -> list[Line]:
    done, _ = DONE[publication]
    rows = [*rows.order_by("pk")]
    seen = seen_once_published(rows)
    lines = []
    for row in rows:
        if row.publication == publication:
            lines.append(Line(row, refusal=f"Déjà {done}."))
        elif row.publication == "submitted" and publication != Publication.ARCHIVED:
            lines.append(Line(row, refusal=SUBMITTED))
        else:
            lines.append(Line(row, effect(row, publication, row.pk in seen)))
    return lines


SUBMITTED = (
    "Soumis par son territoire\u00a0: relisez-le et décidez-en («\u00a0Relire et décider\u00a0»)"
    "\u00a0; son auteur est alors prévenu."
)


def effect(row, publication, is_seen):
    if publication != Publication.PUBLISHED:
        if row.publication == Publication.PUBLISHED and is_seen:
            return "Sa page, publique, répondra « introuvable »."
        return "Rien ne change pour le public, qui ne la voit pas."
    if is_seen:
        return "Sa page paraît aussitôt, dans les listes et la recherche aussi."
    if isinstance(row, Territory):
        return "Invisible encore\u00a0: sans label connu du public (aucun, ou sous embargo)."
    return "Invisible encore\u00a0: la fiche de son territoire n’est pas publique."


def seen_once_published(rows):
    """The keys of the sheets that nothing but their own publication hides."""
    pks = [row.pk for row in rows]
    if rows and isinstance(rows[0], Territory):
        return {*Territory.objects.granted().filter(pk__in=pks).values_list("pk", flat=True)}
    public = {*Territory.objects.public().values_list("pk", flat=True)}
    return {row.pk for row in rows if row.territory_id in public}


@transaction.atomic
def change(*, rows, publication, by, reason: str = "") -> list[Line]:
    """Put each sheet in a state of publication, but those that are in it already."""
    _, act = DONE[publication]
    lines = change_lines(locked(rows), publication)
    for row in kept(lines):
        row.publication = publication
        record(row, by=by, why=f"{act}\u00a0: {reason}" if reason else act)
    return lines
