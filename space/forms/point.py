from django import forms
from django.utils import timezone

from challenges.models import Objective
from challenges.progress import number
from space.forms.fields import Day, Figure
from space.forms.once import OnceForm
from territories.forms import PhotoChecks, PictureUpload


class PointForm(PhotoChecks, OnceForm):
    """Where one challenge stands: its figures, its milestones, a few words — or nothing new.

    ``challenge`` comes from ``as_cards()``: its objectives carry their progress.
    """

    NOTHING_NEW = "nothing_new"
    MOODS = [
        ("moving", "Ça avance"),
        ("watch", "À surveiller"),
        ("blocked", "C’est bloqué"),
    ]

    mood = forms.ChoiceField(
        label="Où en est-il\u00a0?", choices=MOODS, required=False, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label="En quelques mots",
        help_text="Publié sur la page du défi. Facultatif si vous donnez des chiffres.",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    photo = PictureUpload(label="Une photo (facultatif)")
    image_alt = forms.CharField(
        label="Ce que montre la photo",
        help_text="Obligatoire si vous joignez une photo\u00a0: "
        "lu à sa place par qui ne la voit pas.",
        max_length=200,
        required=False,
    )

    def __init__(self, data=None, files=None, *, challenge, initial=None, **kwargs):
        super().__init__(
            data, files, initial=initial, prefix=None, auto_id=f"d{challenge.pk}_%s", **kwargs
        )
        self.challenge = challenge
        self.measured, self.stepped = [], []
        for objective in challenge.objectives.all():
            if objective.kind == Objective.Kind.QUALITATIVE:
                self.add_milestones(objective)
            else:
                self.add_reading(objective)

    def add_reading(self, objective):
        last = objective.progress.latest
        names = {
            name: f"{name}_{objective.pk}" for name in ["value", "again", "on", "source", "comment"]
        }
        unit = f" ({objective.unit})" if objective.unit else ""
        self.fields[names["value"]] = Figure(label=f"Valeur mesurée{unit}", required=False)
        if last:
            self.fields[names["again"]] = forms.BooleanField(
                label="Mesurée à nouveau\u00a0: elle n’a pas changé", required=False
            )
        self.fields[names["on"]] = Day(label="Mesurée le", required=False)
        self.fields[names["source"]] = forms.CharField(
            label="Source", max_length=200, required=False
        )
        self.fields[names["comment"]] = forms.CharField(
            label="Commentaire (facultatif)", max_length=300, required=False
        )
        self.initial.setdefault(names["value"], number(last.value) if last else "")
        self.initial.setdefault(names["on"], timezone.localdate())
        real = last and not last.demonstration_id
        self.initial.setdefault(names["source"], last.source if real else "")
        self.measured.append((objective, last, names))

    def add_milestones(self, objective):
        ahead = [m for m in objective.milestones.all() if not m.reached_on]
        for milestone in ahead:
            name = f"reached_{milestone.pk}"
            self.fields[name] = Day(
                label=f"«\u00a0{milestone.wording}\u00a0» franchie le", required=False
            )
        self.stepped.append((objective, [(m, f"reached_{m.pk}") for m in ahead]))

    @property
    def objectives(self):
        """Each objective with what is known of it and the fields to tell more."""
        rows = [
            {
                "objective": objective,
                "fields": [self[names[name]] for name in names if names[name] in self.fields],
            }
            for objective, _, names in self.measured
        ]
        return rows + [
            {"objective": objective, "fields": [self[name] for _, name in steps]}
            for objective, steps in self.stepped
        ]

    def clean(self):
        cleaned = super().clean()
        self.readings = [
            reading for row in self.measured if (reading := self.reading_of(*row, cleaned))
        ]
        self.reached = [
            (milestone, cleaned[name])
            for _, steps in self.stepped
            for milestone, name in steps
            if cleaned.get(name)
        ]
        self.check_said(cleaned)
        self.ask_photo_again()
        return cleaned

    def check_said(self, cleaned):
        """Something must be said, and whole: words with a mood, a picture with words."""
        said = bool(self.readings or self.reached or cleaned.get("text"))
        if self.is_nothing_new:
            if said or self.files.get("photo"):
                self.add_error(
                    None,
                    "Vous dites «\u00a0rien de nouveau\u00a0», mais vous avez saisi un texte ou "
                    "des chiffres, ou joint une photo\u00a0: enregistrez-les, ou effacez-les.",
                )
            return
        self.check_photo(cleaned.get("photo"))
        if not said and not cleaned.get("photo") and not self.errors:
            self.add_error(
                None,
                "Il n’y a rien à enregistrer\u00a0: donnez un chiffre ou quelques mots, ou "
                "choisissez «\u00a0Rien de nouveau\u00a0».",
            )
        mood, text, photo = (cleaned.get(name) for name in ["mood", "text", "photo"])
        if (mood or photo) and not text and "text" not in self.errors:
            self.add_error(
                "text",
                "Dites en quelques mots pourquoi."
                if mood
                else "Dites en quelques mots ce que la photo apporte.",
            )
        if (text or photo) and not mood and "mood" not in self.errors:
            self.add_error("mood", "Choisissez où en est le défi.")

    @property
    def is_nothing_new(self):
        return self.data.get("act") == self.NOTHING_NEW

    def reading_of(self, objective, last, names, cleaned):
        """What to record of an objective, or nothing when its value is as it was."""
        value = cleaned.get(names["value"])
        if value is None:
            if cleaned.get(names["again"]) and names["value"] not in self.errors:
                self.add_error(names["value"], "Indiquez la valeur mesurée.")
            return None
        if last and value == last.value and not cleaned.get(names["again"]):
            return None
        on, source = cleaned.get(names["on"]), cleaned.get(names["source"])
        if not on and names["on"] not in self.errors:
            self.add_error(names["on"], "Indiquez le jour de la mesure.")
        if not source:
            self.add_error(
                names["source"],
                "Dites d’où vient ce chiffre, par exemple «\u00a0Comptage du porteur\u00a0».",
            )
        if last and on and on < last.on:
            self.add_error(
                names["on"],
                f"La dernière mesure connue est du {last.on:%d/%m/%Y}\u00a0: indiquez ce jour, "
                "ou un jour suivant.",
            )
        return {
            "objective": objective,
            "on": on,
            "value": value,
            "source": source,
            "comment": cleaned.get(names["comment"], ""),
        }
