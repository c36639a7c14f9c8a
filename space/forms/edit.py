from django import forms

from challenges.sheet import Difference, Names, label_of
from space.forms.once import OnceForm
from territories.editing import merge, plain


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
