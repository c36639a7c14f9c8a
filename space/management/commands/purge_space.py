from django.core.management.base import BaseCommand

from space.purge import DRAFT_DAYS, RECEIPT_DAYS, REMINDER_DAYS, purge


class Command(BaseCommand):
    help = (
        "Supprime de l’espace ce qui ne sert plus (pour cron, une fois par jour) : accusés de "
        f"réception de {RECEIPT_DAYS} jours, brouillons laissés {DRAFT_DAYS} jours, rappels de "
        f"{REMINDER_DAYS} jours."
    )

    def handle(self, **options):
        for words, count in purge().items():
            self.stdout.write(f"{words} supprimés : {count}.")
