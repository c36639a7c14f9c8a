from datetime import date

import pytest
from django.db import IntegrityError

from territories.models import Commitment, Territory
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_territory_is_labelled_from_grant_to_expiry():
    territory = factories.territory(labelled=False)
    factories.designation(
        territory=territory, granted_on=date(2019, 2, 25), expires_on=date(2022, 2, 25)
    )

    assert not Territory.objects.labelled(date(2019, 2, 24)).exists()
    assert list(Territory.objects.labelled(date(2019, 2, 25))) == [territory]
    assert list(Territory.objects.labelled(date(2022, 2, 24))) == [territory]
    assert not Territory.objects.labelled(date(2022, 2, 25)).exists()


def test_a_territory_holds_one_active_label_at_most():
    territory = factories.territory()

    with pytest.raises(IntegrityError):
        factories.designation(territory=territory, wave=factories.wave(2))


def test_a_label_is_not_suspended_without_a_reason():
    with pytest.raises(IntegrityError):
        factories.designation(state="suspended")


def test_done_means_dated():
    with pytest.raises(IntegrityError):
        factories.commitment(state="done")


def test_a_dated_commitment_is_done():
    with pytest.raises(IntegrityError):
        factories.commitment(state="ongoing", done_on=date(2020, 1, 1))


@pytest.mark.parametrize(
    ("state", "due_on", "situation"),
    [
        ("ongoing", date(2020, 1, 1), "late"),
        ("to_start", date(2020, 1, 1), "late"),
        ("ongoing", date(2999, 1, 1), "ongoing"),
        ("ongoing", None, "ongoing"),
        ("suspended", date(2020, 1, 1), "suspended"),
        ("abandoned", date(2020, 1, 1), "abandoned"),
    ],
)
def test_lateness_is_computed(state, due_on, situation):
    commitment = factories.commitment(state=state, due_on=due_on)

    assert commitment.situation == situation
    assert Commitment.objects.late().exists() == (situation == "late")


def test_the_territories_covering_a_commune_are_those_of_all_its_areas():
    region = factories.area(level="region", code="53")
    epci = factories.area(level="epci")
    commune = factories.area(level="commune", code="35238", parents=[region, epci])
    by_region = factories.territory(areas=[region])
    by_epci = factories.territory(areas=[epci])
    by_commune = factories.territory(areas=[commune])
    factories.territory(areas=[factories.area()])

    covering = Territory.objects.covering(commune)

    assert set(covering) == {by_region, by_epci, by_commune}
