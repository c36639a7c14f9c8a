"""The pages about the site itself: accessibility, legal notice, personal data, site map."""

import pytest

from challenges.models import Theme
from tests import factories

pytestmark = pytest.mark.django_db

LEGAL = {
    "publisher": "L’éditeur",
    "director": "La directrice",
    "host": "L’hébergeur",
    "contact": "contact@exemple.test",
    "dpo": "dpo@exemple.test",
}
TO_FILL = "à renseigner par l’éditeur avant la mise en service"


def test_the_legal_notice_says_who_answers_for_the_site(read, settings):
    settings.LEGAL = LEGAL

    page = read("/mentions-legales/")

    assert page.texts("dl/dt") == [
        "Éditeur",
        "Direction de la publication",
        "Hébergeur",
        "Contact",
    ]
    assert page.texts("dl/dd") == [
        "L’éditeur",
        "La directrice",
        "L’hébergeur",
        "contact@exemple.test",
    ]


def test_nothing_is_invented_in_the_legal_notice(read, settings):
    settings.LEGAL = dict.fromkeys(LEGAL, "")

    assert read("/mentions-legales/").texts("dl/dd") == [TO_FILL] * 4


def test_personal_data_name_whom_to_ask(read, settings):
    settings.LEGAL = LEGAL

    page = read("/donnees-personnelles/")
    assert "la protection des données : dpo@exemple.test" in page.text
    assert page.texts("p")[-1] == "L’éditeur"


def test_accessibility_is_declared_as_it_is(read, settings):
    settings.LEGAL = LEGAL

    page = read("/accessibilite/")
    assert "Ce portail est non conforme" in page.text
    assert "contact@exemple.test" in page.text


@pytest.mark.parametrize("path", ["/accessibilite/", "/donnees-personnelles/"])
def test_nothing_is_invented_elsewhere(read, settings, path):
    settings.LEGAL = dict.fromkeys(LEGAL, "")

    assert TO_FILL in read(path).text


# Site map.


def section(page, name):
    return page.texts(f"section[@aria-labelledby='{name}']/ul/li")


def test_the_site_map_lists_everything_public(read):
    territory = factories.territory(name="Grasse", slug="grasse")
    theme = Theme.objects.create(name="habitat", slug="habitat")
    factories.challenge(territory=territory, title="Habiter").themes.add(theme)
    factories.pillar(1, short_title="Financer")

    page = read("/plan-du-site/")

    assert section(page, "territoires") == ["Grasse (plan d’accompagnement de Grasse)"]
    assert section(page, "defis") == ["Habiter"]
    assert section(page, "themes") == ["habitat"]
    assert section(page, "label") == ["Axe 1 : Financer"]
    assert ("plan d’accompagnement de Grasse", "/territoires/grasse/plan/") in page.links


def test_the_site_map_hides_what_is_not_public(read):
    for fields in [{"publication": "draft"}, {"publication": "archived"}, {"labelled": False}]:
        factories.territory(name="CONFIDENTIEL", **fields)
    for publication in ["draft", "submitted", "archived"]:
        hidden = factories.challenge(title="CONFIDENTIEL", publication=publication)
        hidden.themes.add(Theme.objects.create(name=publication, slug=publication))

    page = read("/plan-du-site/")

    assert "CONFIDENTIEL" not in page.text
    assert "Thèmes" not in page.texts("h2")
