from django import forms

from territories.keys import key_of
from territories.pictures import read


class PictureUpload(forms.FileField):
    """A file to send; its value is the ``Picture`` read from it, or None."""

    default_error_messages = {
        "invalid": "Le fichier n’a pas été reçu\u00a0: choisissez-le de nouveau.",
        "empty": "Ce fichier est vide\u00a0: choisissez-en un autre.",
    }

    def __init__(self, **options):
        super().__init__(
            required=False,
            help_text="JPEG, PNG ou WebP, 5\u00a0Mo au plus. Le lieu et la date de la prise de vue "
            "n’en sont pas gardés.",
            widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
            **options,
        )

    def clean(self, data, initial=None):
        upload = super().clean(data, initial)
        return read(upload) if upload else None


class PhotoChecks:
    """Of a form with ``photo``, a ``PictureUpload``, and ``image_alt``, what it shows."""

    def check_photo(self, image):
        """Say what lacks of a picture, sent or already there, and of its words."""
        words = self.cleaned_data.get("image_alt")
        if "photo" in self.errors or "image_alt" in self.errors:
            return
        if image and not words:
            self.add_error(
                "image_alt",
                "Dites ce que montre la photo\u00a0: "
                "ces mots la remplacent pour qui ne la voit pas.",
            )
        elif words and not image:
            self.add_error(
                "photo", "Choisissez la photo que vous décrivez, ou effacez sa description."
            )

    def ask_photo_again(self):
        """A browser forgets the file of a form that comes back: say it."""
        if self.errors and self.files.get("photo") and "photo" not in self.errors:
            self.add_error(
                "photo", "Choisissez de nouveau la photo\u00a0: le navigateur ne l’a pas gardée."
            )


class IllustratedForm(PhotoChecks, forms.ModelForm):
    """The form of an ``Illustrated``: its picture is sent, replaced or taken away."""

    photo = PictureUpload(label="Nouvelle image")
    without_photo = forms.BooleanField(label="Retirer l’image", required=False)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("photo"):
            self.instance.image = cleaned["photo"]
        elif cleaned.get("without_photo"):
            self.instance.image = cleaned["image_alt"] = ""
        self.check_photo(self.instance.image)
        self.ask_photo_again()
        return cleaned


NO_KEY = "0"


class PossibleKeys:
    """Django would ask the database for whatever was sent, and fail on what no column holds."""

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        return [possible(key) for key in value] if isinstance(value, list) else possible(value)


def possible(key):
    return NO_KEY if key and key_of(key) is None else key
