from functools import partial

from territories import publication
from territories.admin.acts import Act
from territories.models.label import Publication


def change(rows, *, to, by):
    return publication.change(rows=rows, publication=to, by=by)


def acts_of(permission, noun):
    """Publish, take back to draft, archive: for the sheets of a model, under its noun."""

    def act(name, label, to, done, told):
        return Act(
            name=name,
            label=label,
            permission=permission,
            lines=partial(publication.change_lines, publication=to),
            do=partial(change, to=to),
            done=(f"{noun} {done[0]}", f"{noun}s {done[1]}"),
            help=told,
        )

    return (
        act(
            "publish",
            "Publier sur le site",
            Publication.PUBLISHED,
            ("publié", "publiés"),
            "Une page publiée paraît aussitôt, si rien d’autre ne la cache.",
        ),
        act(
            "unpublish",
            "Dépublier (remettre en brouillon)",
            Publication.DRAFT,
            ("remis en brouillon", "remis en brouillon"),
            "La page quitte le site\u00a0; la fiche attend d’être publiée de nouveau.",
        ),
        act(
            "archive",
            "Archiver (retirer du site)",
            Publication.ARCHIVED,
            ("archivé", "archivés"),
            "La page quitte le site\u00a0; la fiche et son historique restent ici.",
        ),
    )
