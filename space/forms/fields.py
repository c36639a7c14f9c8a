"""What people type in the space: days and numbers, as French writes them."""

from django import forms
from django.utils import timezone

FUTURE = "Indiquez une date passée ou celle d’aujourd’hui, par exemple 31/12/2025."
DATES = ["%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y"]


class AnyDay(forms.DateField):
    """A day, past or to come, from the browser's calendar or typed « 31/12/2025 »."""

    def __init__(self, **options):
        super().__init__(
            input_formats=DATES,
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            error_messages={"invalid": "Cette date n’est pas lisible\u00a0: écrivez 31/12/2025."},
            **options,
        )


class Day(AnyDay):
    """A day that has come."""

    def validate(self, day):
        super().validate(day)
        if day and day > timezone.localdate():
            raise forms.ValidationError(FUTURE)


class Figure(forms.DecimalField):
    """A number as French writes it, « 1 234,5 », or as machines do."""

    def __init__(self, **options):
        super().__init__(
            max_digits=14,
            decimal_places=2,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            error_messages={"invalid": "Écrivez un nombre, par exemple 12 ou 12,5."},
            **options,
        )

    def to_python(self, text):
        if isinstance(text, str):
            text = "".join(text.split()).replace(",", ".").replace("−", "-")
        return super().to_python(text)
