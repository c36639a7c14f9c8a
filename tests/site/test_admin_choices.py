"""Whatever a form of the administration is sent as a choice, it answers beside the field."""

import pytest
from django.contrib import admin
from django.urls import reverse

from tests.forms import filled
from tests.site.test_changelists import ROWS

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

SEARCHED = {
    model._meta.label_lower: options
    for model, options in admin.site._registry.items()
    if getattr(options, "autocomplete_fields", ()) and options.model._meta.label_lower in ROWS
}


def test_there_are_some():
    assert len(SEARCHED) >= 10


@pytest.mark.parametrize("key", ["inconnu", "9" * 30, "-1"])
def test_an_impossible_choice_is_a_wrong_answer(admin_client, rf, admin_user, key):
    request = rf.get("/")
    request.user = admin_user
    for label, options in SEARCHED.items():
        row = ROWS[label]()
        if not options.has_change_permission(request, row):
            continue
        stem = f"admin:{row._meta.app_label}_{row._meta.model_name}"
        address = reverse(f"{stem}_change", args=[row.pk])
        form = filled(admin_client.get(address), f"{row._meta.model_name}_form")
        names = [name for name in options.autocomplete_fields if name in form]

        answer = admin_client.post(address, form | dict.fromkeys(names, key))

        assert answer.status_code == (200 if names else 302), (label, names)
        errors = answer.context["adminform"].form.errors if names else {}
        assert set(names) == set(errors), label
