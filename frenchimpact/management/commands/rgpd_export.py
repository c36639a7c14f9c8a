import json
import os

from django.core.management.base import BaseCommand, CommandError

from frenchimpact.personal.export import export


class Command(BaseCommand):
    help = "Donne, en JSON, tout ce que le site sait d’une personne, par son adresse."

    def add_arguments(self, parser):
        parser.add_argument("address", metavar="ADRESSE")
        parser.add_argument(
            "--output",
            metavar="FICHIER",
            help="où l’écrire, lisible par vous seul ; à défaut, à l’écran",
        )

    def handle(self, address, output, **options):
        found = export(address.strip())
        if found is None:
            raise CommandError(f"Le site ne sait rien de l’adresse {address}.")
        text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
        if not output:
            self.stdout.write(text, ending="")
            return
        try:
            # Never over another file, nor for others to read.
            descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"{output} ne peut être écrit\u00a0: {error.strerror}.") from error
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        self.stdout.write(f"Écrit dans {output}.")
