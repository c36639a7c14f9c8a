from re import fullmatch

from django import forms
from django.db.models import Q

from challenges.models import Audience, Challenge, Theme
from challenges.sheet import TEXTS
from space.forms.edit import EditForm
from territories.forms import PhotoChecks, PictureUpload, PossibleKeys
from territories.markdown import MARKDOWN_HELP, render
from territories.models import Organisation
from territories.pictures import NAME, Picture, keep, path_of


class Boxes(PossibleKeys, forms.CheckboxSelectMultiple):
    pass


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
        widget=Boxes,
    )
    audiences = forms.ModelMultipleChoiceField(
        label="Pour qui",
        queryset=Audience.objects.all(),
        required=False,
        widget=Boxes,
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
