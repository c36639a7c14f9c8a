"""The guides: served, and true to the words of the screens that they quote."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse

from accounts import roles
from guides.text import FOLDER, IMAGES, guide
from tests import factories

NAMES = ["coordination", "equipe"]


def text_of(name):
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def shown(text):
    """Without what a template or a string of Python puts between words of a screen."""
    return re.sub(r"\\u00a0|&nbsp;|\s+", " ", text)


@pytest.fixture(scope="module")
def screens():
    """Every word that the site may show: its templates, its code, Django’s own French."""
    folders = ["templates", *(app for app in settings.INSTALLED_APPS if "." not in app)]
    found = [
        shown(path.read_text(encoding="utf-8"))
        for folder in folders
        if (settings.BASE_DIR / folder).is_dir()
        for pattern in ["*.html", "*.py"]
        for path in (settings.BASE_DIR / folder).rglob(pattern)
    ]
    django_s = Path(admin.__path__[0]) / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    return "\n".join([*found, shown(django_s.read_text(encoding="utf-8"))])


@pytest.mark.parametrize("name", NAMES)
def test_each_button_quoted_is_on_a_screen(screens, name):
    quoted = {shown(words) for words in re.findall(r"\*\*([^*\n]+)\*\*", text_of(name))}

    assert len(quoted) > 10
    assert {words for words in quoted if words.lower() not in screens.lower()} == set()


def test_every_picture_is_in_a_guide_and_small():
    quoted = {
        name for text in map(text_of, NAMES) for name in re.findall(r"static/guides/(\S+)", text)
    }
    kept = {path.name: path.stat().st_size for path in IMAGES.iterdir()}

    assert quoted == set(kept)
    assert max(kept.values()) < 150_000


@pytest.mark.parametrize("name", NAMES)
def test_a_guide_has_parts_that_its_summary_leads_to(name):
    found = guide(name)

    anchors = [anchor for anchor, _ in found.parts]
    assert len(anchors) == len({*anchors}) > 5
    assert all(f'<h2 id="{anchor}">' in found.body for anchor in anchors)
    assert found.lead
    assert found.title not in found.body
    assert "<p><figure" not in found.body


def test_anyone_reads_the_guide_of_coordinators(read):
    page = read(reverse("guides:coordinators"))

    assert page.texts("h1") == ["Guide des coordinateurs"]
    assert "Faire le point d’étape" in page.texts("h2")


@pytest.mark.django_db
@pytest.mark.ignore_template_errors
def test_the_team_reads_its_own_and_nobody_else(client, client_of):
    address = reverse("admin:guide")
    staff = factories.user(is_staff=True)
    call_command("roles", verbosity=0)
    roles.give_role(staff, Group.objects.get(name="observation"))

    assert client.get(address).status_code == 302
    assert client_of(factories.coordinator().user).get(address).status_code == 302
    page = client_of(staff).get(address)
    assert page.status_code == 200
    assert "Annuler un acte" in page.text
    assert client_of(staff).post(address).status_code == 405
