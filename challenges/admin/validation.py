"""The acts on readings, as admin offers them."""

from challenges import validation
from territories.admin.acts import Act, ShortReasonForm

CHANGE = "challenges.change_reading"


def validate(readings, **given):
    return validation.validate(readings=readings, **given)


def reject(readings, **given):
    return validation.reject(readings=readings, **given)


READING_ACTS = (
    Act(
        "validate",
        "Valider",
        CHANGE,
        validation.validate_lines,
        validate,
        ("relevé validé", "relevés validés"),
        help="L’équipe du label confirme le chiffre déclaré par le territoire.",
    ),
    Act(
        "reject",
        "Rejeter",
        CHANGE,
        validation.reject_lines,
        reject,
        ("relevé rejeté", "relevés rejetés"),
        ShortReasonForm,
        "Le chiffre est retiré de la page publique\u00a0; il reste ici, avec son motif.",
    ),
)
