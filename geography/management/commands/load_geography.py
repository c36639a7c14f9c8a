from collections import Counter
from time import monotonic

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.formats import number_format
from tqdm import tqdm

from geography.loading import BrokenFile, Report, Source, read, store
from geography.models import Area

LEVELS = {
    Area.Level.REGION: "Régions",
    Area.Level.DEPARTEMENT: "Départements",
    Area.Level.EPCI: "EPCI",
    Area.Level.EPT: "EPT",
    Area.Level.COMMUNE: "Communes",
}


class Command(BaseCommand):
    help = (
        "Charge les zones officielles (régions, départements, EPCI, EPT, communes), leurs codes "
        "postaux et leurs contours. Peut se relancer sans risque : seules les différences avec "
        "les fichiers sont écrites."
    )

    def handle(self, **options):
        started = monotonic()
        try:
            source = read(settings.DATA_DIR)
        except BrokenFile as error:
            raise CommandError(str(error)) from error
        with tqdm(total=len(source), disable=None, unit=" lignes") as bar:
            report = store(source, bar.update)
        if options["verbosity"]:
            self.tell(source, report, monotonic() - started)

    def tell(self, source: Source, report: Report, seconds: float):
        read = Counter(level for level, _ in source.areas)
        lines = [(label, read[level]) for level, label in LEVELS.items()]
        lines += [("Codes postaux", len(source.postal_codes)), ("Contours", len(source.outlines))]
        for label, total in lines:
            self.stdout.write(f"{label:<18}{shown(total):>8}")
        areas, parents, codes, outlines = (
            report.areas,
            report.parents,
            report.postal_codes,
            report.outlines,
        )
        self.stdout.write(
            f"Zones\u00a0: {counted(areas.created, 'créée')}, {counted(areas.changed, 'modifiée')}."
        )
        for label, change in (("Rattachements", parents), ("Codes postaux", codes)):
            self.stdout.write(
                f"{label}\u00a0: {counted(change.created, 'créé')}, "
                f"{counted(change.removed, 'retiré')}."
            )
        self.stdout.write(
            f"Contours\u00a0: {counted(outlines.created, 'créé')}, "
            f"{counted(outlines.changed, 'modifié')}, {counted(outlines.removed, 'retiré')}."
        )
        if report.left:
            self.stdout.write(
                f"{counted(report.left, 'zone')} de la base sans équivalent dans les fichiers, "
                "sans changement."
            )
        self.stdout.write(f"Chargé en {number_format(seconds, 1)}\u00a0s.")


def shown(number: int) -> str:
    return number_format(number, force_grouping=True)


def counted(number: int, word: str) -> str:
    return f"{shown(number)} {word}{'s' if number > 1 else ''}"
