import uuid

from django import forms

from space.models import Receipt


class OnceForm(forms.Form):
    """A form acted on once, however many times it is sent: see ``space.models.Receipt``."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid.uuid4())

    def is_new(self, user):
        """Take the receipt; False when it was taken already. In the transaction of the act."""
        _, created = Receipt.objects.get_or_create(
            key=self.cleaned_data["key"], defaults={"user": user}
        )
        return created
