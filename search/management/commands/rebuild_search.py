from django.core.management.base import BaseCommand

from search.index import rebuild


class Command(BaseCommand):
    help = (
        "Réécrit l’index de la recherche. À lancer après une mise à jour du site, ou quand des "
        "lignes ont changé sans passer par l’administration ni par les commandes de chargement."
    )

    def handle(self, **options):
        self.stdout.write(f"Recherche\u00a0: {rebuild()} entrées.")
