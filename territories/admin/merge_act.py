"""The act that merges organisations, as admin offers it."""

from django import forms
from django.utils.html import format_html

from territories import merging
from territories.admin.acts import Act, ActForm
from territories.models import Organisation

OTHER = "other"


class MergeForm(ActForm):
    """Which one stays; from the page of one, also which other it is."""

    other = forms.CharField(
        label="Avec l’acteur",
        max_length=200,
        help_text="Son nom exact, ou la fin de l’adresse de sa page (après /acteurs/).",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        error_messages={"required": "Dites avec quel autre acteur."},
    )
    keep = forms.ChoiceField(
        label="Celui qui reste",
        widget=forms.RadioSelect,
        error_messages={"required": "Dites lequel reste."},
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        rows = [*self.rows.order_by("name", "pk")]
        choices = [(row.pk, format_html("{} (/acteurs/{}/)", row, row.slug)) for row in rows]
        if len(rows) == 1:
            choices.append((OTHER, "L’autre"))
        else:
            del self.fields["other"]
        self.fields["keep"].choices = choices

    def clean_other(self):
        words = self.cleaned_data["other"].strip().replace("'", "’")
        slug = words.rstrip("/").rpartition("/")[2]
        others = Organisation.objects.exclude(pk__in=self.rows)
        found = [*others.filter(slug=slug)] or [*others.filter(name__iexact=words)]
        if not found and Organisation.objects.filter(former__slug=slug).exists():
            raise forms.ValidationError("Cet acteur a déjà été fusionné.")
        if not found:
            raise forms.ValidationError(
                "Aucun autre acteur n’a ce nom ni cette adresse\u00a0: copiez-les de la liste."
            )
        if len(found) > 1:
            addresses = ", ".join(one.slug for one in found)
            raise forms.ValidationError(
                f"Plusieurs acteurs ont ce nom\u00a0: donnez l’adresse ({addresses})."
            )
        return found[0]

    def clean(self):
        """Gives the organisation that stays, and the others with it."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        other, keep = cleaned.get("other"), cleaned["keep"]
        cleaned["keep"] = other if keep == OTHER else self.rows.get(pk=keep)
        cleaned["other"] = other
        return cleaned


def chosen(rows, other):
    pks = [*rows.values_list("pk", flat=True)]
    return Organisation.objects.filter(pk__in=[*pks, other.pk] if other else pks)


def plan(rows, *, keep, other):
    return merging.merge_plan(chosen(rows, other), keep=keep)


def merge(rows, *, keep, other, by):
    return merging.merge(organisations=chosen(rows, other), keep=keep, by=by)


ORGANISATION_ACTS = (
    Act(
        "merge",
        "Fusionner les doublons",
        "territories.delete_organisation",
        merging.merge_lines,
        merge,
        ("changement fait", "changements faits"),
        MergeForm,
        "Un même acteur saisi plusieurs fois n’en fait plus qu’un\u00a0: tout ce qui tenait aux "
        "autres passe à celui qui reste.",
        together=True,
        plan=plan,
        heading="Ce qui se passe",
        way_back="Pour revenir en arrière, il faut recréer l’acteur et lui rendre ses liens un à "
        "un, d’après l’historique de chaque ligne.",
    ),
)
