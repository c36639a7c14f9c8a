"""The pages that confirm acts, each found in the administration: as many queries for many rows."""

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


def designation():
    return factories.designation(territory=factories.territory(labelled=False))


def reading():
    old = factories.reading()
    return factories.reading(objective=old.objective, supersedes=old)


def organisation():
    carrier = factories.organisation()
    factories.challenge(carrier=carrier)
    return carrier


# A row of each model that has acts: a new one is a new line here.
ROWS = {
    "challenges.Challenge": factories.challenge,
    "challenges.Reading": reading,
    "territories.Designation": designation,
    "territories.Organisation": organisation,
    "territories.Territory": lambda: factories.coordinator().territory,
}
ALONE = {"territories.Wave"}  # whose acts are of one row at a time
ACTS = [
    pytest.param(model, part, act, id=f"{model._meta.label}-{act.name}")
    for model, part in admin.site._registry.items()
    for act in getattr(part, "acts", ())
    if not act.alone
]


def test_every_model_with_acts_is_listed():
    with_acts = {
        model._meta.label
        for model, part in admin.site._registry.items()
        if getattr(part, "acts", ())
    }

    assert with_acts == {*ROWS} | ALONE


@pytest.mark.parametrize(("model", "part", "act"), ACTS)
def test_as_many_queries_for_many_rows(admin_client, model, part, act):
    def asked():
        cache.clear()
        keys = ",".join(str(pk) for pk in model.objects.values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as captured:
            page = admin_client.get(f"{part.act_address(act)}?rows={keys}")
        assert page.status_code == 200
        return len(captured)

    ROWS[model._meta.label]()
    asked()  # what a process keeps is read
    few = asked()
    for _ in range(3):
        ROWS[model._meta.label]()

    assert asked() == few
