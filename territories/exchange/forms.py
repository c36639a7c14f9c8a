from django import forms

from territories.keys import key_of

MOST_CHOSEN = 20_000


class SendForm(forms.Form):
    file = forms.FileField(
        label="Fichier",
        max_length=200,
        allow_empty_file=True,  # said in our words
        help_text="CSV ou XLSX, 5\u00a0Mo au plus. La première ligne porte les titres.",
        error_messages={"required": "Choisissez un fichier."},
    )


class ExportForm(forms.Form):
    columns = forms.MultipleChoiceField(
        label="Colonnes", widget=forms.CheckboxSelectMultiple, required=False
    )
    extension = forms.ChoiceField(
        label="Format",
        choices=[("xlsx", "Classeur (XLSX)"), ("csv", "CSV")],
        widget=forms.RadioSelect,
        initial="xlsx",
    )
    chosen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, sheet, **options):
        super().__init__(*args, **options)
        headings = sheet.headings()
        self.fields["columns"].choices = [(heading, heading) for heading in headings]
        self.initial.setdefault("columns", headings)
        self.keys = sheet.keys

    def clean_columns(self):
        """With those that a later import needs, whatever was chosen."""
        return {*self.cleaned_data["columns"], *self.keys}

    def clean_chosen(self):
        chosen = [key for key in self.cleaned_data["chosen"].split(",") if key]
        keys = [key_of(key) for key in chosen]
        if len(keys) > MOST_CHOSEN or None in keys:
            raise forms.ValidationError("Sélection illisible.")
        return keys
