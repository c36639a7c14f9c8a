"""/manifeste/: the version in force, statement by statement."""

from datetime import date

import pytest

from manifesto.models import Manifesto, Statement
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_statements_in_their_order(read):
    manifesto = factories.manifesto(number=2)
    for position, headline in [(3, "Trois."), (2, "Deux.")]:
        Statement.objects.create(manifesto=manifesto, position=position, headline=headline)

    page = read("/manifeste/")

    assert page.texts("h2") == ["Nous sommes.", "Deux.", "Trois."]
    assert page.texts("section/p") == ["Ensemble."]
    assert page.texts("footer/p")[0] == "Manifeste, version 2."


def test_when_it_was_published(read):
    factories.manifesto(published_on=date(2018, 7, 12))

    assert read("/manifeste/").texts("footer/p")[0] == (
        "Manifeste, version 1, publiée le 12 juillet 2018."
    )


def test_only_the_version_in_force_shows(read):
    old = Manifesto.objects.create(number=1)
    Statement.objects.create(manifesto=old, position=1, headline="Autrefois.")
    factories.manifesto(number=2)

    assert "Autrefois." not in read("/manifeste/").text


def test_without_version_in_force_there_is_no_page(client):
    factories.manifesto(in_force=False)

    assert client.get("/manifeste/").status_code == 404


def test_statements_are_escaped(client):
    manifesto = factories.manifesto()
    Statement.objects.create(
        manifesto=manifesto, position=2, headline="<b>Gras</b>", paragraph="a & b"
    )

    html = client.get("/manifeste/").content.decode()
    assert "&lt;b&gt;Gras&lt;/b&gt;" in html
    assert "<p>a &amp; b</p>" in html
