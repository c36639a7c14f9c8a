from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst

from editorial.models import Passage
from editorial.passages import LINE, MARKDOWN, complete


def tidied(text, shape):
    """With plain ends of lines; in one line unless its paragraphs count."""
    lines = [line.rstrip() for line in text.splitlines()]
    if shape == MARKDOWN:
        return "\n".join(lines).strip()
    return " ".join(filter(None, (line.strip() for line in lines)))


def field_of(declared):
    words = {"label": capfirst(declared.label), "help_text": declared.full_help}
    if declared.choices:
        return forms.ChoiceField(choices=[(each, each) for each in declared.choices], **words)
    if declared.shape == LINE:
        widget = forms.TextInput(attrs={"class": "vTextField"})
    else:
        rows = 14 if declared.shape == MARKDOWN and declared.longest > 2000 else 5
        widget = forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField"})
    # No ``max_length``: a browser would cut what is pasted without a word.
    return forms.CharField(required=False, widget=widget, **words)


class PassageForm(forms.ModelForm):
    """Starts from the words of the page; keeps a text only if it differs from those of the site."""

    restore = forms.BooleanField(
        label="Revenir au texte d’origine",
        required=False,
        help_text="À l’enregistrement, ce qui est écrit au-dessus est oublié\u00a0; l’historique "
        "le garde.",
    )

    class Meta:
        model = Passage
        fields = ["text"]

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        declared = self.instance.declared
        if not declared or "text" not in self.fields:
            return
        others = Passage.objects.exclude(pk=self.instance.pk).written()
        self.default = complete(others)[declared.key]
        self.initial["text"] = self.initial["text"] or self.default
        self.fields["text"] = field_of(declared)
        self.order_fields(["restore", "text"])

    def clean_text(self):
        """What to store: nothing when the page should say the words of the site."""
        declared = self.instance.declared
        if self.cleaned_data.get("restore"):
            return ""
        text = tidied(self.cleaned_data["text"], declared.shape)
        if len(text) > declared.longest:
            raise ValidationError(
                f"Ce texte fait {len(text)}\u00a0caractères\u00a0: c’est "
                f"{len(text) - declared.longest} de trop."
            )
        return "" if text == self.default else text
