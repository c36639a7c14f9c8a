from django.core.management.base import BaseCommand

from frenchimpact.personal.idle import purge


class Command(BaseCommand):
    help = (
        "Pour cron, une fois par jour : prévient les comptes laissés deux ans, un mois avant, puis "
        "les efface ; signale ceux qui ne peuvent l’être. Relancée, n’écrit à personne deux fois."
    )

    def handle(self, **options):
        done = purge()
        self.stdout.write(f"Comptes prévenus\u00a0: {done.warned}.")
        self.stdout.write(f"Comptes effacés\u00a0: {done.erased}.")
        for user, objected in done.kept:
            # By its number: what cron says is mailed.
            self.stdout.write(f"Compte n°\u00a0{user.pk}, gardé\u00a0: {' '.join(objected)}")
