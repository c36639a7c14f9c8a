from django import forms

from challenges.models import Milestone, Objective
from challenges.sheet import MILESTONES, PROMISE
from space.forms.edit import EditForm
from space.forms.fields import AnyDay, Figure


class ObjectiveForm(EditForm):
    """An objective, typed so that its progress can be computed."""

    compared = [*PROMISE, MILESTONES]

    target = Figure(
        label="Cible",
        help_text="Un nombre\u00a0; rien pour des étapes à franchir, 0 pour un retour à zéro.",
        required=False,
    )
    due_on = AnyDay(
        label="Échéance", help_text="Le dernier jour du mois ou de l’année.", required=False
    )
    baseline = Figure(
        label="Valeur de départ",
        help_text="Ce que l’on comptait avant le défi, si on le sait.",
        required=False,
    )
    baseline_on = AnyDay(label="Mesurée le", required=False)
    milestones = forms.CharField(
        label="Étapes à franchir",
        help_text="Une par ligne, dans l’ordre\u00a0; seulement pour cette sorte d’objectif.",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    class Meta:
        model = Objective
        fields = [
            "wording",
            "kind",
            "target",
            "unit",
            "scope",
            "due_on",
            "due_precision",
            "baseline",
            "baseline_on",
        ]
        widgets = {"wording": forms.Textarea(attrs={"rows": 2}), "kind": forms.RadioSelect}
        labels = {
            "wording": "L’objectif, en une phrase",
            "kind": "Comment le mesurer",
            "unit": "Ce que l’on compte",
            "scope": "Pour quel périmètre",
            "due_precision": "Cette échéance est dite",
        }
        help_texts = {
            "wording": "Avec ses mots\u00a0: «\u00a025 personnes d’ici 2021\u00a0».",
            "unit": "Par exemple «\u00a0personnes\u00a0».",
            "scope": "Si c’est utile, par exemple «\u00a0par territoire\u00a0».",
        }
        error_messages = {
            "wording": {"required": "Écrivez l’objectif en une phrase."},
            "kind": {"required": "Choisissez comment mesurer cet objectif."},
        }

    field_order = ["wording", "kind", "target", "unit", "scope", "milestones"]

    def __init__(self, data=None, *, challenge, **options):
        super().__init__(data, **options)
        self.instance.challenge = challenge
        self.fields["kind"].choices = KINDS
        self.fields["due_precision"].choices = [
            ("", "Sans échéance"),
            ("year", "à l’année"),
            ("month", "au mois"),
            ("day", "au jour"),
        ]

    def clean_milestones(self):
        longest = Milestone._meta.get_field("wording").max_length
        lines = [line.strip() for line in self.cleaned_data["milestones"].splitlines()]
        if any(len(line) > longest for line in lines):
            raise forms.ValidationError(
                f"Une étape tient en {longest} caractères\u00a0: raccourcissez-la."
            )
        return "\n".join(line for line in lines if line)

    def clean(self):
        cleaned = super().clean()
        kind, target = cleaned.get("kind"), cleaned.get("target")
        if kind == Objective.Kind.QUALITATIVE:
            if target is not None:
                self.add_error("target", "Un objectif par étapes n’a pas de cible.")
            elif not cleaned.get("milestones") and "milestones" not in self.errors:
                self.add_error("milestones", "Écrivez au moins une étape.")
        elif kind:
            self.check_target(kind, target)
            if cleaned.get("milestones"):
                self.add_error("milestones", "Seul un objectif par étapes en a.")
        if bool(cleaned.get("due_on")) != bool(cleaned.get("due_precision")):
            empty = "due_precision" if cleaned.get("due_on") else "due_on"
            if empty not in self.errors:
                self.add_error(empty, "Indiquez l’échéance et sa précision, ou aucune des deux.")
        return cleaned

    def check_target(self, kind, target):
        if "target" in self.errors:
            return
        if target is None:
            self.add_error("target", "Indiquez le nombre à atteindre.")
        elif kind == Objective.Kind.ZERO and target != 0:
            self.add_error("target", "La cible d’un retour à zéro est 0.")
        elif kind == Objective.Kind.RATE and target <= 0:
            self.add_error("target", "Le rythme visé est supérieur à 0.")


KINDS = [
    (Objective.Kind.COUNT, "Un nombre à atteindre\u00a0: «\u00a025 personnes d’ici 2021\u00a0»"),
    (Objective.Kind.RATE, "Un nombre chaque année\u00a0: «\u00a0une Maison par an\u00a0»"),
    (Objective.Kind.ZERO, "Un nombre à ramener à zéro\u00a0: «\u00a0zéro sans toit\u00a0»"),
    (Objective.Kind.QUALITATIVE, "Des étapes à franchir, l’une après l’autre"),
]
