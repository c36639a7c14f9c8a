"""robots.txt and sitemap.xml: what engines may read, and nothing hidden."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from challenges.models import Challenge, Theme
from territories.models import Territory
from tests import factories

pytestmark = pytest.mark.django_db

HOME = "http://testserver"


@pytest.fixture
def listed(client):
    """The addresses of the sitemap, each with the day of its last change or None."""

    def read_sitemap(**headers):
        text = client.get("/sitemap.xml", headers=headers).content
        space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
        return {
            url.findtext("s:loc", namespaces=space): url.findtext("s:lastmod", namespaces=space)
            for url in ElementTree.fromstring(text).iterfind("s:url", space)  # noqa: S314 - our own
        }

    return read_sitemap


def test_robots_may_read_everything_but_what_asks_who_one_is(client):
    response = client.get("/robots.txt")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == (
        "User-agent: *\nDisallow: /admin/\nDisallow: /compte/\n\n"
        "Sitemap: http://testserver/sitemap.xml\n"
    )


def test_everything_public_is_listed(listed):
    fixed = listed()
    territory = factories.territory(slug="grasse")
    carrier = factories.organisation(slug="juralliance")
    challenge = factories.challenge(slug="habiter", territory=territory, carrier=carrier)
    challenge.themes.add(Theme.objects.create(name="habitat", slug="habitat"))
    factories.pillar(1, slug="financer")

    assert f"{HOME}/" in fixed
    assert listed().keys() - fixed.keys() == {
        f"{HOME}/label/axes/financer/",
        f"{HOME}/territoires/grasse/",
        f"{HOME}/territoires/grasse/plan/",
        f"{HOME}/defis/habiter/",
        f"{HOME}/themes/habitat/",
        f"{HOME}/acteurs/juralliance/",
    }


def test_nothing_hidden_is_listed(listed):
    shown, carrier = factories.territory(slug="public"), factories.organisation()
    factories.challenge(territory=shown, carrier=carrier)
    before = listed()
    embargoed = factories.territory(labelled=False)
    factories.designation(territory=embargoed, granted_on=timezone.localdate() + timedelta(days=1))
    factories.territory(labelled=False)
    for publication in ["draft", "archived"]:
        hidden = factories.territory(publication=publication)
        factories.challenge(territory=hidden, carrier=carrier)
    for publication in ["draft", "submitted", "archived"]:
        challenge = factories.challenge(territory=shown, carrier=carrier, publication=publication)
        challenge.themes.add(Theme.objects.create(name=publication, slug=publication))

    assert listed().keys() == before.keys()


def test_the_challenges_of_a_label_granted_tomorrow_are_not_listed(listed):
    territory = factories.territory(labelled=False)
    factories.designation(territory=territory, granted_on=timezone.localdate() + timedelta(days=1))
    factories.challenge(territory=territory, slug="a-venir")

    assert f"{HOME}/defis/a-venir/" not in listed()


def test_the_day_of_the_last_change(listed):
    factories.challenge(slug="habiter", territory=factories.territory(slug="grasse"))
    Territory.objects.update(updated_at=datetime(2020, 6, 30, 12, tzinfo=UTC))
    Challenge.objects.update(updated_at=datetime(2020, 7, 31, 12, tzinfo=UTC))

    found = listed()
    assert found[f"{HOME}/territoires/grasse/"] == "2020-06-30"
    assert found[f"{HOME}/defis/habiter/"] == "2020-07-31"
    assert found[f"{HOME}/"] is None


def test_addresses_come_from_the_settings_not_from_who_asks(listed):
    addresses = listed(host="127.0.0.1")

    assert {address.startswith(f"{HOME}/") for address in addresses} == {True}


def test_no_manifesto_no_address(client, listed):
    assert client.get("/manifeste/").status_code == 404
    assert f"{HOME}/manifeste/" not in listed()
