from datetime import timedelta

from django.apps import apps
from django.core.management.base import BaseCommand
from django.utils import timezone

from territories.pictures import PictureField, folder, path_of

# A picture is written a moment before its row is there for others to see.
GRACE = timedelta(days=1)


class Command(BaseCommand):
    help = (
        "Supprime les fichiers d’images que plus rien ne nomme, ni une fiche ni son historique. "
        "À lancer chaque jour."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--history",
            action="store_true",
            help="Supprime aussi, sans attendre, les images que seul l’historique nomme : celles "
            "qui ont été retirées ou remplacées.",
        )

    def handle(self, *, history, **options):
        shown, past = files_named(past=False), files_named(past=True)
        oldest = (timezone.now() - GRACE).timestamp()
        removed = [
            path
            for path in folder().glob("*.*")
            if path not in shown and (history if path in past else path.stat().st_mtime < oldest)
        ]
        for path in removed:
            path.unlink(missing_ok=True)
        self.stdout.write(f"Fichiers supprimés : {len(removed)}.")


def files_named(*, past):
    """The files that the rows name: those of today, or those that history keeps."""
    files = set()
    for model in apps.get_models():
        if hasattr(model, "history_object") != past:
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, PictureField):
                named = model.objects.exclude(**{field.name: ""}).values_list(field.name, flat=True)
                for picture in named.iterator():
                    files |= {path_of(picture), path_of(picture.small)}
    return files
