"""What the administration finds: the same words in every list and every choice, as they come."""

import pytest
from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteMixin
from django.urls import reverse

from tests import factories
from tests.site.test_changelists import ROWS

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

NAME = "L’École d’Été"
TYPED = ["ecole", "ÉCOLE", "l'ecole", "L’École", "l'école d'été"]
# Typed as they are, and no words: found by their letters or their beginning.
CODES = {"code", "^code", "=area__code", "number", "key"}
# Of these there are a handful, whatever happens: a plain choice is quicker.
FEW = {"territories.wave", "auth.group"}
SEARCHABLE = (AutocompleteMixin, admin.widgets.FilteredSelectMultiple, forms.HiddenInput)
LISTS = {model._meta.label_lower: options for model, options in admin.site._registry.items()}


def end_of(row, path):
    """The row and the name of the field that a path of relations leads to; None by a list."""
    *relations, name = path.split("__")
    for relation in relations:
        if row._meta.get_field(relation).many_to_many or row._meta.get_field(relation).one_to_many:
            return None
        row = getattr(row, relation)
    return row and (row, name)


def found(client, label, typed):
    page = client.get(reverse(f"admin:{label.replace('.', '_')}_changelist"), {"q": typed})
    return page.context["cl"].result_count


@pytest.mark.parametrize("label", ROWS)
def test_a_list_finds_words_without_accent_capital_or_apostrophe(admin_client, label):
    fields = LISTS[label].search_fields
    assert fields
    assert [f for f in fields if f not in CODES and not f.endswith("__folded")] == []
    row = ROWS[label]()
    for path in fields:
        end = end_of(row, path.removesuffix("__folded")) if path not in CODES else None
        if not end:
            continue
        owner, name = end
        kept = getattr(owner, name)
        rows = type(owner)._base_manager.filter(pk=owner.pk)
        rows.update(**{name: NAME})
        for typed in TYPED:
            assert found(admin_client, label, typed) == 1, (path, typed)
        assert found(admin_client, label, "introuvable") == 0
        rows.update(**{name: kept})


def test_numbers_and_codes_are_found(admin_client):
    commune = factories.area(level="commune", code="06069", name="Grasse")
    commune.postal_codes.create(code="06130")
    label = factories.designation(wave=factories.wave(3))

    assert found(admin_client, "geography.area", "06069") == 1
    assert found(admin_client, "geography.postalcode", "061") == 1
    assert found(admin_client, "geography.postalcode", "06069") == 1
    assert found(admin_client, "geography.postalcode", "grasse 06130") == 1
    assert found(admin_client, "territories.designation", label.code.lower()) == 1
    assert found(admin_client, "territories.wave", "3") == 1


def test_a_choice_finds_words_however_they_are_typed(admin_client):
    factories.organisation(name=NAME)
    asked = {"app_label": "challenges", "model_name": "challenge", "field_name": "carrier"}

    for typed in TYPED:
        response = admin_client.get(reverse("admin:autocomplete"), asked | {"term": typed})
        assert [choice["text"] for choice in response.json()["results"]] == [NAME], typed


def choices_of(form):
    """The relations that a form lets one choose, with the widget that does."""
    return [
        (field.queryset.model._meta.label_lower, getattr(field.widget, "widget", field.widget))
        for field in form.base_fields.values()
        if isinstance(field, forms.ModelChoiceField)
    ]


@pytest.mark.parametrize(
    "label", sorted(ROWS.keys() - {"challenges.proposal"})
)  # its page has no form
def test_no_long_list_is_a_plain_choice(rf, admin_user, label):
    """On the page of a row and on the one that adds, children included."""
    options, row = LISTS[label], ROWS[label]()
    request = rf.get("/")
    request.user = admin_user
    plain = []
    adds, changes = options.has_add_permission(request), options.has_change_permission(request, row)
    for shown in [None] * adds + [row] * changes:
        drawn = [options.get_form(request, shown, change=bool(shown))]
        for inline in options.get_inline_instances(request, shown):
            drawn.append(inline.get_formset(request, shown).form)
        plain += [
            model
            for form in drawn
            for model, widget in choices_of(form)
            if model not in FEW and not isinstance(widget, SEARCHABLE)
        ]
    assert plain == []
