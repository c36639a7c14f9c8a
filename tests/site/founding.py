"""What the founding files need around them: the areas they name, and a copy one may spoil."""

import json
import shutil
from contextlib import contextmanager
from io import StringIO

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from geography.models import Area

# What load_label creates.
ROWS = 130

FILES = ["seed.json", "territories_geo.json", "outside_seed.json"]


def read(name):
    return json.loads((settings.DATA_DIR / name).read_text(encoding="utf-8"))


def create_areas():
    """The areas and marker communes that territories_geo.json names, and nothing else."""
    areas = {}
    for place in read("territories_geo.json")["territories"]:
        if place["area"]:
            level, names = place["area"]["type"], place["area"]["names"]
            areas |= {
                (level, code): name
                for code, name in zip(place["area"]["codes"], names, strict=True)
            }
        if place["anchor_commune"]:
            areas.setdefault(("commune", place["anchor_commune"]), place["seed_name"])
    Area.objects.bulk_create(
        Area(level=level, code=code, name=name) for (level, code), name in areas.items()
    )


def copy_files(folder):
    for name in FILES:
        shutil.copy(settings.DATA_DIR / name, folder)
    return folder


def count_rows():
    """How many rows each table holds, history and many-to-many tables included.

    Not those of the search index, which tell of the others.
    """
    models = apps.get_models(include_auto_created=True)
    return {
        model._meta.label: model._base_manager.count()
        for model in models
        if model._meta.app_label != "search"
    }


@contextmanager
def label_loaded():
    """The label, loaded once for the tests of a module: each rolls back to that point."""
    with transaction.atomic():
        create_areas()
        load()
        yield
        transaction.set_rollback(True)


def load(*options):
    """Run the command; what it printed, with ordinary spaces."""
    output = StringIO()
    call_command("load_label", *options, stdout=output)
    return spaced(output.getvalue())


def spaced(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def plain(text):
    """The text without its typography, as the founding document types it."""
    return spaced(text).replace("’", "'").replace("…", "...")


def summary(created=0, unchanged=0, different=0, deleted=0):
    return (
        f"Créés : {created} ; inchangés : {unchanged} ; différents, laissés tels quels : "
        f"{different} ; supprimés, laissés supprimés : {deleted}."
    )


def spoil(path, before, after, key):
    """Replace a text of a file; the line on which the object that holds ``key`` opens."""
    text = path.read_text(encoding="utf-8")
    assert before in text
    start = text.index(key)
    path.write_text(text[:start] + text[start:].replace(before, after, 1), encoding="utf-8")
    lines = text[: start + 1].splitlines()
    return next(n for n in range(len(lines), 0, -1) if lines[n - 1].strip().endswith("{"))
