"""Forms on what several people edit: the texts of a challenge, its objectives, the plan."""

from re import fullmatch

from django import forms
from django.db.models import Q

from challenges.models import Audience, Challenge, Milestone, Objective, Theme
from challenges.sheet import MILESTONES, PROMISE, TEXTS, Difference, Names, label_of
from space.forms import DATES, Day, Figure, OnceForm
from territories.editing import SITUATION, merge, plain
from territories.forms import PhotoChecks, PictureUpload
from territories.markdown import MARKDOWN_HELP, render
from territories.models import Commitment, Organisation
from territories.pictures import NAME, Picture, keep, path_of

READABLE_DATE = "Cette date n’est pas lisible\u00a0: écrivez 31/12/2025."


class EditForm(OnceForm, forms.ModelForm):
    """A form that knows what it was filled from, so that nobody overwrites anybody unawares.

    ``values`` are the plain values to start from, ``base`` what stood then: the same, unless an
    older version or a merge is shown.
    """

    base = forms.JSONField(widget=forms.HiddenInput, required=False)  # of a new row: {}

    def __init__(self, data=None, *, values, base=None, **options):
        self.others, self.taken, self.version, self.draft = {}, [], None, None
        # A copy: what the form corrects of it, such as the name of a picture kept, it shows.
        super().__init__(None if data is None else data.copy(), initial=values, **options)
        self.initial["base"] = values if base is None else base

    def clean_base(self):
        if not isinstance(self.cleaned_data["base"], dict):
            raise forms.ValidationError("Cette page n’est plus à jour\u00a0: rechargez-la.")
        return self.cleaned_data["base"]

    @property
    def values(self):
        """What was typed, as plain values, or the other text where they took it; once valid."""
        typed = {name: plain(self.cleaned_data.get(name)) for name in self.compared}
        taken = self.data.getlist("take")
        return typed | {
            name: value for name, value in self.cleaned_data["base"].items() if name in taken
        }

    @property
    def rows(self):
        """Each field with the other text to set beside it, if there is one."""
        beside = self.others | {"photo": self.others.get("image")}
        return [(field, beside.get(field.name)) for field in self.visible_fields()]

    def set_beside(self, others):
        """Show another value beside some fields, by name, with what differs from the one shown."""
        words = self.words(
            [(n, v) for n, other in others.items() for v in (other, self.initial[n])]
        )
        self.others = {
            name: Difference(
                name, label_of(name), words(name, self.initial[name]), words(name, other)
            )
            for name, other in others.items()
        }

    def words(self, pairs):
        """How to say plain values; ``pairs`` of names and values, all those that will be asked."""
        return Names(pairs).words

    def merged(self, make, current):
        """The form to show after a ``Conflict``: both texts where two people wrote."""
        values, both, taken = merge(self.cleaned_data["base"], self.values, current)
        again = make(None, values=values, base=current)
        again.set_beside({name: current[name] for name in both})
        again.taken = [again.fields[name].label for name in taken]
        return again


class ChallengeForm(PhotoChecks, EditForm):
    """The texts of a challenge."""

    compared = TEXTS

    carrier = forms.ModelChoiceField(
        label="Porteur",
        queryset=Organisation.objects.none(),
        required=False,
    )
    carrier_name = forms.CharField(
        label="Son nom, s’il n’est pas dans la liste", max_length=200, required=False
    )
    carrier_category = forms.ChoiceField(
        label="Ce que c’est",
        choices=[("", "Choisissez"), *Organisation.Category.choices],
        required=False,
    )
    themes = forms.ModelMultipleChoiceField(
        label="Thèmes",
        queryset=Theme.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    audiences = forms.ModelMultipleChoiceField(
        label="Pour qui",
        queryset=Audience.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    photo = PictureUpload(label="Une image pour le défi")
    without_photo = forms.BooleanField(label="Retirer l’image", required=False)
    # The picture there is, or the one just sent: a page that comes back has not lost it.
    image = forms.RegexField(rf"^{NAME}$", widget=forms.HiddenInput, required=False)
    website = forms.URLField(
        label="Site où le porteur le suit",
        help_text="Une adresse complète, par exemple https://exemple.fr",
        max_length=200,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": "Écrivez une adresse complète\u00a0: https://exemple.fr"},
    )

    class Meta:
        model = Challenge
        fields = [
            "title",
            "carrier",
            "carrier_name",
            "carrier_category",
            "need",
            "answer",
            "plain_summary",
            "photo",
            "image_alt",
            "without_photo",
            "themes",
            "audiences",
            "nature",
            "legal_form",
            "recognition",
            "website",
        ]
        widgets = {
            "need": forms.Textarea(attrs={"rows": 8}),
            "answer": forms.Textarea(attrs={"rows": 8}),
            "plain_summary": forms.Textarea(attrs={"rows": 5}),
        }
        labels = {
            "title": "Intitulé du défi",
            "need": "Le besoin",
            "answer": "La réponse",
            "plain_summary": "En facile à lire (FALC)",
            "image_alt": "Ce que montre l’image",
            "nature": "Nature du défi",
            "legal_form": "Forme juridique du porteur",
            "recognition": "Reconnaissance",
        }
        help_texts = {
            "need": "Ce qui manque sur le territoire, à qui, et comment vous le savez. "
            + MARKDOWN_HELP,
            "answer": "Ce que fait le porteur, concrètement. Même mise en forme.",
            "image_alt": "Lu à la place de l’image par qui ne la voit pas.",
            "plain_summary": "Quelques phrases courtes, avec des mots de tous les jours.",
            "nature": "",
            "recognition": "Par exemple un agrément, un prix, un label.",
        }
        error_messages = {
            "title": {"required": "Donnez un intitulé au défi."},
        }

    def __init__(self, data=None, *, territory, **options):
        super().__init__(data, **options)
        self.territory = territory
        known = carriers(territory, self.instance)
        self.fields["carrier"].queryset = known
        if not self["image"].value():
            del self.fields["without_photo"]
        choices = [*known.values_list("pk", "name")]
        self.fields["nature"].choices = [("", "Non précisée"), *Challenge.Nature.choices]
        if self.instance.publication == Challenge.Publication.PUBLISHED:
            # Another organisation is for the label's team to enter, with its page.
            del self.fields["carrier_name"], self.fields["carrier_category"]
            self.fields["carrier"].required = True
        else:
            choices.insert(0, ("", "Choisissez"))
        self.fields["carrier"].choices = choices

    def clean(self):
        cleaned = super().clean()
        self.take_photo(cleaned)
        name = cleaned.get("carrier_name")
        if name and cleaned.get("carrier"):
            self.add_error(
                "carrier_name",
                "Choisissez un porteur dans la liste, ou nommez-en un\u00a0: pas les deux.",
            )
        elif name and not cleaned.get("carrier_category"):
            self.add_error("carrier_category", "Dites ce qu’est ce porteur.")
        elif not name and not cleaned.get("carrier") and "carrier" not in self.errors:
            self.add_error("carrier", "Choisissez le porteur du défi, ou nommez-le.")
        return cleaned

    def take_photo(self, cleaned):
        """Keep at once the picture that was sent: whatever else is wrong, it is not lost."""
        if photo := cleaned.get("photo"):
            keep(photo)
            cleaned["image"] = f"{photo}"
        elif cleaned.get("without_photo"):
            cleaned["image"] = cleaned["image_alt"] = ""
        elif cleaned.get("image") and not path_of(cleaned["image"]).exists():
            cleaned["image"] = ""
            self.add_error("photo", "Cette image n’est plus là\u00a0: choisissez-la de nouveau.")
        self.check_photo(cleaned.get("image"))
        self.data["image"] = cleaned.get("image", "")

    @property
    def picture(self):
        """The picture to show with the form, if there is one."""
        name = self["image"].value() or ""
        return Picture(name) if fullmatch(NAME, name) else None

    def as_preview(self):
        """The challenge as it would be, in memory, with what its page shows; once valid."""
        challenge = self.instance
        challenge.need_html, challenge.answer_html = (
            render(challenge.need),
            render(challenge.answer),
        )
        challenge.image = self.picture or ""
        return challenge


def carriers(territory, challenge):
    """The organisations a territory works with, and the carrier a challenge has."""
    return Organisation.objects.filter(
        Q(memberships__territory=territory)
        | Q(challenges__territory=territory)
        | Q(pk=challenge.carrier_id)
    ).distinct()


class AnyDay(forms.DateField):
    """A day, past or to come."""

    def __init__(self, **options):
        super().__init__(
            input_formats=DATES,
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            error_messages={"invalid": READABLE_DATE},
            required=False,
            **options,
        )


class ObjectiveForm(EditForm):
    """An objective, typed so that its progress can be computed."""

    compared = [*PROMISE, MILESTONES]

    target = Figure(
        label="Cible",
        help_text="Un nombre\u00a0; rien pour des étapes à franchir, 0 pour un retour à zéro.",
        required=False,
    )
    due_on = AnyDay(label="Échéance", help_text="Le dernier jour du mois ou de l’année.")
    baseline = Figure(
        label="Valeur de départ",
        help_text="Ce que l’on comptait avant le défi, si on le sait.",
        required=False,
    )
    baseline_on = AnyDay(label="Mesurée le")
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


class CommitmentForm(EditForm):
    """The territory's side of its plan: how far it is, and what stands in the way."""

    compared = SITUATION

    done_on = Day(label="Fait le", required=False)

    class Meta:
        model = Commitment
        fields = ["state", "done_on", "blocked_by", "unblocked_by"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("state") == Commitment.State.DONE:
            if not cleaned.get("done_on") and "done_on" not in self.errors:
                self.add_error("done_on", "Indiquez le jour où c’était fait.")
        else:
            cleaned["done_on"] = None
        return cleaned

    def words(self, pairs):
        told = super().words([])
        states = dict(Commitment.State.choices)
        return lambda name, value: states[value] if name == "state" else told(name, value)
