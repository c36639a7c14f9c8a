from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from frenchimpact.personal.erase import NOBODY, account_of, erase, objections
from frenchimpact.personal.words import SHORTEST, letters
from territories.acts import ActError


class Command(BaseCommand):
    help = (
        "Efface une personne : son compte devient celui de personne, son adresse et ses noms "
        "quittent les historiques, les journaux et les courriels. Dit d’abord ce qui sera fait."
    )

    def add_arguments(self, parser):
        parser.add_argument("address", metavar="ADRESSE")
        parser.add_argument(
            "--name",
            metavar="NOM",
            action="append",
            default=[],
            dest="names",
            help="un nom à effacer aussi des textes (« Prénom Nom ») ; peut être répété",
        )
        parser.add_argument(
            "--current",
            action="store_true",
            help="effacer aussi ces mots des textes publics actuels",
        )
        parser.add_argument("--dry-run", action="store_true", help="dire, et ne rien faire")
        parser.add_argument("--yes", action="store_true", help="ne pas demander confirmation")
        parser.add_argument(
            "--force",
            action="store_true",
            help="même le dernier référent d’un territoire, ou le dernier superutilisateur",
        )

    def handle(self, address, names, current, dry_run, yes, force, **options):
        asked = {"address": read_address(address), "names": read_names(names), "current": current}
        user = account_of(asked["address"])
        objected = objections(user) if user else []
        with transaction.atomic():
            planned = erase(**asked, is_forced=True)
            transaction.set_rollback(True)
        self.tell(planned, user, asked)
        for objection in objected:
            self.stderr.write(objection)
        if not planned.counts or dry_run:
            return
        if objected and not force:
            raise CommandError("Rien n’est effacé. Pour passer outre\u00a0: --force.")
        if not yes and not self.confirmed():
            raise CommandError("Rien n’est effacé.")
        try:
            erase(**asked, is_forced=force)
        except ActError as error:  # somebody else left meanwhile
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(
            "C’est fait. Les sauvegardes gardent ces données jusqu’à leur expiration."
        )

    def tell(self, planned, user, asked):
        if not planned.counts:
            self.stdout.write("Rien à effacer pour cette adresse et ces noms.")
        else:
            self.stdout.write("À effacer, en lignes\u00a0:")
            self.list(planned.counts)
        if user and 0 < letters(user.name) < SHORTEST:
            self.stdout.write(
                f"Le nom du compte, «\u00a0{user.name}\u00a0», est trop court pour qu’on le "
                "cherche\u00a0: relisez le journal."
            )
        elif user and user.name and not asked["names"]:
            self.stdout.write(
                f"Le compte porte le nom «\u00a0{user.name}\u00a0»\u00a0: il n’est effacé des "
                "textes que si vous le donnez aussi avec --name."
            )
        if planned.left:
            self.stdout.write("Laissés, car publics aujourd’hui (--current les change)\u00a0:")
            self.list(planned.left)
            self.stdout.write("Modifiées telles quelles, ces fiches les rendraient à l’historique.")

    def list(self, counts):
        for title, count in sorted(counts.items()):
            self.stdout.write(f"  {title}\u00a0: {count}")

    def confirmed(self):
        try:
            return (
                input("Cet effacement est définitif. Continuer\u00a0? (oui/non) ").strip() == "oui"
            )
        except EOFError:
            return False


def read_address(address):
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        raise CommandError(
            f"«\u00a0{address}\u00a0» n’est pas une adresse électronique."
        ) from error
    if address.lower().endswith(f"@{NOBODY}"):
        raise CommandError("Cette adresse n’est celle de personne\u00a0: rien à effacer.")
    return address


def read_names(names):
    for name in names:
        if letters(name) < SHORTEST:
            raise CommandError(
                f"«\u00a0{name}\u00a0» est trop court\u00a0: {SHORTEST}\u00a0lettres au moins, "
                "sans quoi d’autres mots disparaîtraient."
            )
        if "@" in name:
            raise CommandError("Une adresse se donne seule, sans --name\u00a0: relancez pour elle.")
    return [name.strip() for name in names]
