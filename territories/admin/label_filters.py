"""What the lists of territories and of labels are narrowed by."""

from territories.admin.filters import chosen
from territories.models import Commitment, Coordinator, Designation, Territory

LabelFilter = chosen(
    "label",
    "label",
    {
        "oui": ("en vigueur", lambda rows: rows.labelled()),
        "non": (
            "pas en vigueur",
            lambda rows: rows.exclude(pk__in=Territory.objects.labelled().values("pk")),
        ),
    },
)

PerimeterFilter = chosen(
    "périmètre",
    "perimetre",
    {
        "indicatif": (
            "périmètre indicatif",
            lambda rows: rows.filter(areas_certainty=Territory.Certainty.INTERPRETATION),
        ),
        "vide": ("sans périmètre", lambda rows: rows.filter(areas=None)),
    },
)


def followed():
    return Coordinator.objects.active().referents().values("territory")


ReferentFilter = chosen(
    "référent",
    "referent",
    {
        "sans": ("sans référent actif", lambda rows: rows.exclude(pk__in=followed())),
        "avec": ("avec un référent actif", lambda rows: rows.filter(pk__in=followed())),
    },
)

LateFilter = chosen(
    "plan d’accompagnement",
    "plan",
    {
        "retard": (
            "avec un engagement en retard",
            lambda rows: rows.filter(pk__in=Commitment.objects.late().values("territory")),
        ),
        "vide": (
            "sans engagement",
            lambda rows: rows.exclude(pk__in=Commitment.objects.values("territory")),
        ),
    },
)

InForceFilter = chosen(
    "en vigueur",
    "vigueur",
    {
        "oui": (
            "en vigueur aujourd’hui",
            lambda rows: rows.filter(pk__in=Designation.objects.in_force().values("pk")),
        ),
        "expire": ("expiré", lambda rows: rows.expired()),
    },
)
