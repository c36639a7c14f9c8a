from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from frenchimpact.seed.account import COORDINATOR_EMAIL, EMAIL, open_accounts
from frenchimpact.seed.demonstration import DemonstrationError, load_demonstration, worded
from frenchimpact.seed.typography import typeset
from search.index import rebuild
from territories.history import because
from territories.models import Demonstration


class Command(BaseCommand):
    help = (
        "Charge une démonstration fictive (défis, relevés, points d’étape, plans "
        "d’accompagnement) ; remove_demo l’enlève."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--yes",
            action="store_true",
            help="Accepte de publier ces données fictives sur un site en service.",
        )

    def handle(self, *, yes, **options):
        present = Demonstration.objects.first()
        if present:
            self.stdout.write(typeset(f"{present} : rien à faire."))
        elif not settings.DEBUG and not yes:
            raise CommandError(
                typeset(
                    "Ces données fictives seraient publiées sur un site en service. "
                    "Si c’est voulu, relancez avec --yes."
                )
            )
        else:
            try:
                with because("Chargement de la démonstration"):
                    counts = load_demonstration()
            except DemonstrationError as error:
                raise CommandError(str(error)) from error
            rebuild()
            self.stdout.write(typeset(f"Démonstration chargée : {worded(counts)}."))
        if settings.DEBUG:
            with because("Chargement de la démonstration"):
                open_accounts()
            self.stdout.write(
                typeset(
                    "Pour entrer dans l’administration : {} ; le code de connexion s’écrit ici, "
                    "celui du second facteur : {}\n"
                    "Pour entrer dans l’espace des coordinateurs : {}"
                ).format(EMAIL, settings.MFA_TOTP_INSECURE_BYPASS_CODE, COORDINATOR_EMAIL)
            )
