from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import ProtectedError

from frenchimpact.seed.account import close_accounts
from frenchimpact.seed.demonstration import remove_demonstration, worded
from frenchimpact.seed.typography import typeset
from search.index import rebuild
from territories.history import because


class Command(BaseCommand):
    help = (
        "Enlève la démonstration fictive, son historique et son compte ; "
        "les données réelles restent."
    )

    def handle(self, **options):
        try:
            with transaction.atomic(), because("Retrait de la démonstration"):
                counts = remove_demonstration()
                had_accounts = close_accounts()
                rebuild()
        except ProtectedError as error:
            rows = sorted(f"{row._meta.verbose_name} « {row} »" for row in error.protected_objects)
            raise CommandError(
                typeset(
                    "Rien n’est enlevé : des données réelles dépendent de la démonstration "
                    f"({', '.join(rows)}). Détachez-les, puis relancez."
                )
            ) from error
        if any(counts.values()):
            self.stdout.write(typeset(f"Démonstration enlevée : {worded(counts)}."))
        else:
            self.stdout.write("Aucune donnée de démonstration.")
        if had_accounts:
            self.stdout.write("Comptes de démonstration supprimés.")
