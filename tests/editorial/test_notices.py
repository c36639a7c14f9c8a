"""Announcements: on every page between two moments, and on none before or after."""

from datetime import timedelta

import html5lib
import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from editorial import shown
from editorial.models import Notice
from tests import factories
from tests.hostile import SCRIPTS, unsafe
from tests.pages import DOOR, PAGES
from tests.site.test_quality import parsed

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def notices_of(html):
    """The words of each announcement of a page, in order."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    return [
        " ".join("".join(p.itertext()).split())
        for section in tree.iter("section")
        if section.get("aria-label") == "Annonces"
        for p in section.iter("p")
    ]


def test_an_announcement_is_above_every_page(client, site):
    factories.notice(
        level="warning",
        text="Le portail **ferme** samedi.",
        link_label="Pourquoi ?",
        link_url="https://exemple.test/",
    )
    for path in [*PAGES, *DOOR]:
        html = client.get(path).content.decode()
        assert notices_of(html) == ["Attention Le portail ferme samedi. Pourquoi ?"], path
        assert html.index('aria-label="Annonces"') < html.index("<main")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_with_announcements_stays_sound(client, site, queries, path):
    """HTML without fault, cacheable, without cookie, and no more queries."""
    for level, words in Notice.Level.choices:
        factories.notice(level=level, text=f"Une {words}", link_label="Lire", link_url="http://a.b")

    with queries():
        response = client.get(path)

    assert len(notices_of(response.content.decode())) == 3
    assert len([*parsed(response).iter("h1")]) == 1
    assert not response.cookies
    assert "public" in response["Cache-Control"]
    assert 'role="alert"' not in response.text


def test_the_space_shows_it_and_the_administration_does_not(client_of):
    factories.notice(text="Samedi")
    coordinator = factories.coordinator()
    staff = factories.user(is_staff=True, is_superuser=True)

    assert "Samedi" in client_of(coordinator.user).get("/espace/").text
    assert "Annonces" in client_of(coordinator.user).get("/espace/").text
    assert 'aria-label="Annonces"' not in client_of(staff).get("/admin/").text


def test_it_appears_and_ends_on_time_though_pages_keep_what_they_read(client, monkeypatch):
    now = timezone.now()
    factories.notice(text="Samedi", starts_at=now + 5 * HOUR, ends_at=now + 6 * HOUR)

    def at(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return client.get("/accessibilite/").text

    second = timedelta(seconds=1)
    assert "Samedi" not in at(now)  # and is kept from then on: the cache has its own clock
    assert "Samedi" not in at(now + 5 * HOUR - second)
    assert "Samedi" in at(now + 5 * HOUR)
    assert "Samedi" in at(now + 6 * HOUR - second)
    assert "Samedi" not in at(now + 6 * HOUR)


@pytest.mark.parametrize(
    ("starts", "ends"), [(-2 * HOUR, -HOUR), (HOUR, 2 * HOUR), (-HOUR, timedelta(0))]
)
def test_before_and_after_nothing_of_it_is_on_a_page(client, starts, ends):
    now = timezone.now()
    factories.notice(text="CONFIDENTIEL", starts_at=now + starts, ends_at=now + ends)

    html = client.get("/").content.decode()
    assert "CONFIDENTIEL" not in html
    assert "Annonces" not in html


def test_three_at_once_the_gravest_then_the_newest(client):
    now = timezone.now()
    for text, level, hours in [
        ("vieille", "info", 9),
        ("grave", "alert", 8),
        ("neuve", "info", 1),
        ("sérieuse", "warning", 5),
    ]:
        factories.notice(text=text, level=level, starts_at=now - hours * HOUR)

    assert notices_of(client.get("/").content.decode()) == [
        "Alerte grave",
        "Attention sérieuse",
        "Information neuve",
    ]


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_hostile_text_is_inert(client, script):
    notice = factories.notice(text=script[:300])

    tree = html5lib.parseFragment(notice.text_html, namespaceHTMLElements=False)
    assert unsafe(tree, {"br", "strong", "em", "a"}) == []
    assert client.get("/").status_code == 200


def test_a_text_stays_in_its_sentence():
    notice = factories.notice(text="# Titre\n- liste\n> cité\n\nfin")

    assert notice.text_html == "# Titre<br>\n- liste<br>\n&gt; cité<br>\n<br>\nfin"


# What may not be.


def refused(**fields):
    now = timezone.now()
    whole = {"text": "Samedi", "starts_at": now, "ends_at": now + HOUR} | fields
    with pytest.raises(ValidationError) as error:
        Notice(**whole).full_clean()
    return error.value.message_dict


def test_an_end_comes_after_its_beginning():
    now = timezone.now()
    for starts_at, ends_at in [(now + HOUR, now + HOUR), (now + 2 * HOUR, now + HOUR)]:
        assert refused(starts_at=starts_at, ends_at=ends_at) == {
            "ends_at": ["Choisissez une fin qui vient après le début."]
        }
        with pytest.raises(IntegrityError, match="notice_ends_after"), transaction.atomic():
            factories.notice(starts_at=starts_at, ends_at=ends_at)


def test_a_new_one_is_not_over_yet():
    now = timezone.now()
    past = {"starts_at": now - 2 * HOUR, "ends_at": now - HOUR}

    assert refused(**past) == {
        "ends_at": ["Choisissez une fin à venir\u00a0: celle-ci est passée."]
    }
    factories.notice(**past).full_clean()  # one may be ended by hand


def test_an_end_is_said():
    assert [*refused(ends_at=None)] == ["ends_at"]


def test_a_link_has_words_and_an_address():
    assert [*refused(link_label="Lire")] == ["link_url"]
    assert [*refused(link_url="https://exemple.test/")] == ["link_label"]
    # Words that lead nowhere show no link; an erasure may leave some.
    with pytest.raises(IntegrityError, match="notice_link"), transaction.atomic():
        factories.notice(link_url="https://exemple.test/")


@pytest.mark.parametrize("address", ["javascript:a", "ftp://exemple.test/", "/label/", "//a.test"])
def test_a_link_leads_to_a_page(address):
    assert "link_url" in refused(link_label="Lire", link_url=address)


def test_a_text_is_short():
    assert [*refused(text="x" * 301)] == ["text"]


def test_what_is_kept_can_be_kept():
    """In a cache that copies what it is given."""
    factories.notice(text="*Samedi*")
    cache.set("essai", shown.read())

    [notice] = cache.get("essai").notices()
    assert notice.text_html == "<em>Samedi</em>"
    assert hasattr(notice.text_html, "__html__")
