from django.conf import settings
from django.core.management.base import BaseCommand

from geography.basemap import base_map


class Command(BaseCommand):
    help = "Redessine le fond de carte (static/img/france.svg) à partir de data/map."

    def handle(self, **options):
        target = settings.BASE_DIR / "static" / "img" / "france.svg"
        text = base_map()
        target.write_text(text)
        name = target.relative_to(settings.BASE_DIR)
        self.stdout.write(f"{name}\u00a0: {len(text) / 1000:.0f}\u00a0ko.")
