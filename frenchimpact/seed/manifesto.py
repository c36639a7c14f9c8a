"""The manifesto, as the founding document ends with it."""

from frenchimpact.seed.reader import Record
from manifesto.models import Manifesto, Statement


def load_manifesto(register, seed, typeset):
    source = seed.read("manifesto", Record)
    manifesto = register.keep(
        Manifesto,
        source,
        {"number": 1},
        at_first={"in_force": not Manifesto.objects.filter(in_force=True).exists()},
    )
    for record in source.read_all("statements", Record):
        says = {
            "headline": typeset(record.read("headline", str)),
            "paragraph": typeset(record.read("paragraph", str, "")),
        }
        key = {"manifesto": manifesto, "position": record.read("order", int)}
        register.keep(Statement, record, key, says)
