"""Every column is classified; one that is not fails here until somebody decides."""

import pytest
from django.db import models
from django.test.utils import isolate_apps

from accounts.models import User
from frenchimpact.personal.inventory import (
    COLUMNS,
    DERIVED,
    KINDS,
    WHO,
    every_model,
    is_history,
    kind_of,
    unclassified,
)
from territories.markdown import RenderedField
from territories.models import Territory


def test_every_column_is_classified():
    assert unclassified() == []


def test_the_inventory_names_nothing_that_is_no_more():
    known = {
        model._meta.label: {field.name for field in model._meta.concrete_fields}
        for model in every_model()
    }
    assert {label: set(names) - known.get(label, set()) for label, names in KINDS.items()} == {
        label: set() for label in COLUMNS
    }


def test_a_column_is_not_classified_twice():
    for label, columns in COLUMNS.items():
        names = " ".join(columns.values()).split()
        assert len(names) == len(set(names)), label


def to_account(kind):
    return kind(User, models.CASCADE, related_name="+")


@isolate_apps("territories")
@pytest.mark.parametrize(
    "make",
    [
        lambda: models.CharField(max_length=10),
        models.TextField,
        models.EmailField,
        models.URLField,
        models.SlugField,
        models.JSONField,
        models.FileField,
        models.BinaryField,
        models.GenericIPAddressField,
        lambda: to_account(models.ForeignKey),
        lambda: to_account(models.OneToOneField),
    ],
)
def test_a_new_column_of_this_type_fails_until_somebody_decides(make):
    class New(models.Model):  # noqa: DJ008  (never shown)
        about = make()

        class Meta:
            app_label = "territories"

    assert unclassified([New]) == ["territories.New.about"]


@isolate_apps("territories")
def test_what_names_nobody_needs_no_word():
    class Plain(models.Model):  # noqa: DJ008
        on = models.DateField()
        at = models.DateTimeField()
        value = models.DecimalField(max_digits=3, decimal_places=0)
        state = models.CharField(max_length=3, choices={"a": "b"})
        is_done = models.BooleanField()
        territory = models.ForeignKey(Territory, models.CASCADE, related_name="+")
        html = RenderedField("text")

        class Meta:
            app_label = "territories"

    assert unclassified([Plain]) == []


def test_a_history_is_classified_as_its_model():
    histories = [model for model in every_model() if is_history(model)]
    assert len(histories) > 20
    for model in histories:
        copied = {field.name: field for field in model.instance_type._meta.concrete_fields}
        for field in model._meta.concrete_fields:
            if field.name == "history_user":
                assert kind_of(model, field) is WHO
            elif field.name in copied and field.name != "id":
                kind = kind_of(model.instance_type, copied[field.name])
                assert kind_of(model, field) is kind
                assert kind is not DERIVED  # nothing made of a text is kept beside it
