import signal
import smtplib
from collections import Counter

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections

from outbox.models import State
from outbox.sending import send_round

STOPS = {signal.SIGTERM, signal.SIGINT}
LONGEST_PAUSE = 60  # seconds between two tries of a mail server that does not answer
WORDS = {
    State.SENT: "envoyés",
    State.WAITING: "remis à plus tard",
    State.FAILED: "en échec",
    State.TO_CHECK: "à vérifier",
}


class Command(BaseCommand):
    help = (
        "Envoie les messages en attente, puis s’arrête (pour cron) ; avec --loop, recommence sans "
        "fin et s’arrête proprement à SIGTERM."
    )

    def add_arguments(self, parser):
        parser.add_argument("--loop", action="store_true", help="ne s’arrête pas")
        parser.add_argument(
            "--every", type=int, default=5, metavar="SECONDES", help="pause de la boucle (5)"
        )

    def handle(self, *, loop, every, **options):
        if every < 1:
            raise CommandError("--every : attendu un nombre de secondes, au moins 1.")
        if loop:
            self.send_for_ever(every)
        else:
            self.send_once()

    def send_once(self):
        total = Counter()
        while outcome := self.round():
            total += outcome
        self.stdout.write(f"Messages {worded(total)}." if total else "Aucun message à envoyer.")

    def round(self):
        try:
            return send_round()
        except (OSError, smtplib.SMTPException) as error:
            raise CommandError(f"Le serveur de courrier ne répond pas : {error}") from error

    def send_for_ever(self, every):
        """Send, pause, again. The two signals wait: a message begun is always finished."""
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
        pause = every
        while not is_stopped():
            try:
                outcome = send_round(should_stop=is_stopped)
            except (DatabaseError, OSError, smtplib.SMTPException) as error:
                pause = min(pause * 2, LONGEST_PAUSE)
                self.stderr.write(f"Envoi suspendu {pause} s\u00a0: {error}")
                outcome = None
            else:
                pause = every
            close_old_connections()
            if outcome:
                self.stdout.write(f"Messages {worded(outcome)}.")
                self.stdout.flush()  # a journal is read while the worker lives
            elif signal.sigtimedwait(STOPS, pause):
                break
        self.stdout.write("Arrêt demandé\u00a0: plus rien n’est en cours d’envoi.")


def is_stopped():
    return bool(signal.sigpending() & STOPS)


def worded(outcome):
    return ", ".join(f"{WORDS[state]}\u00a0: {number}" for state, number in outcome.items())
