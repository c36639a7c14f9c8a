from django.core.management.base import BaseCommand

from accounts.roles import set_roles


class Command(BaseCommand):
    help = "Met les rôles de l’équipe en place : quatre groupes et leurs droits. Se relance."

    def handle(self, **options):
        changed = set_roles()
        self.stdout.write(f"Rôles mis à jour : {', '.join(changed) or 'aucun'}.")
