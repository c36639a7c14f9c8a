from django.core.management.base import BaseCommand

from space.reminders import send_reminders


class Command(BaseCommand):
    help = (
        "Met dans la file les rappels du jour aux coordinateurs (pour cron, une fois par jour) ; "
        "relancée, ne rappelle rien deux fois."
    )

    def handle(self, **options):
        count = send_reminders()
        self.stdout.write(f"Rappels mis dans la file\u00a0: {count}.")
