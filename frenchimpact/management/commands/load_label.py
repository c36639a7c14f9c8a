from functools import partial

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from editorial.models import Passage
from frenchimpact.seed.challenges import load_challenges
from frenchimpact.seed.label import (
    load_criteria,
    load_organisations,
    load_plan,
    load_territories,
    load_waves,
)
from frenchimpact.seed.manifesto import load_manifesto
from frenchimpact.seed.reader import Record, SourceError, read_file
from frenchimpact.seed.register import Register
from frenchimpact.seed.typography import typeset
from search.index import rebuild

# The misprints the document repeats anywhere; the others are corrected where they stand.
MISPRINTS = {"points de suspension", "traits d’union", "orthographe usuelle"}


class Command(BaseCommand):
    help = (
        "Charge les faits fondateurs du label (data/seed.json et les fichiers voisins) : crée ce "
        "qui manque, n’écrase rien de ce que l’équipe a modifié et ne recrée rien de ce qu’elle "
        "a supprimé."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="Remet le texte des fichiers là où il a été modifié, et recrée ce qui a été "
            "supprimé.",
        )

    def handle(self, *, overwrite, **options):
        register = Register(overwrite)
        try:
            load(settings.DATA_DIR, register)
        except SourceError as error:
            raise CommandError(str(error)) from error
        for note in register.notes:
            self.stdout.write(note)
        self.stdout.write(register.summary)


@transaction.atomic
def load(directory, register):
    """Everything the founding files say, or nothing if one of them is wrong."""
    seed = read_file(directory / "seed.json")
    geography = read_file(directory / "territories_geo.json")
    outside = read_file(directory / "outside_seed.json")
    corrections = [
        (misprint.read("source", str), misprint.read("display", str))
        for misprint in seed.read_all("source_typos", Record)
        if misprint.read("kind", str) in MISPRINTS
    ]
    setting = partial(typeset, corrections=corrections)
    waves = load_waves(register, seed, outside, setting)
    load_criteria(register, outside, setting)
    territories = load_territories(register, seed, geography, waves, setting)
    organisations = load_organisations(register, seed, setting)
    load_plan(register, seed, organisations, setting)
    load_challenges(register, seed, territories, organisations, setting)
    load_manifesto(register, seed, setting)
    Passage.objects.declare()
    rebuild()
