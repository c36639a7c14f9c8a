from django.core.management.base import BaseCommand

from space.purge import DRAFT_DAYS, RECEIPT_DAYS, REMINDER_DAYS, VIEWING_DAYS, purge
from space.viewing import end_overdue


class Command(BaseCommand):
    help = (
        "Supprime de l’espace ce qui ne sert plus (pour cron, une fois par jour) : accusés de "
        f"réception de {RECEIPT_DAYS} jours, brouillons laissés {DRAFT_DAYS} jours, rappels de "
        f"{REMINDER_DAYS} jours, regards de l’équipe de {VIEWING_DAYS} jours. Note d’abord la fin "
        "des consultations qu’un navigateur fermé a laissées."
    )

    def handle(self, **options):
        self.stdout.write(f"Consultations closes\u00a0: {end_overdue()}.")
        for words, count in purge().items():
            self.stdout.write(f"{words} supprimés : {count}.")
