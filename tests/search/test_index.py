"""The index follows the rows it tells of: through the admin, and through the commands."""

from io import StringIO

import pytest
from django.core.management import call_command

from challenges.models import Challenge, Theme
from search.index import rebuild, refresh, touched
from search.models import Entry, Occurrence
from search.query import Query
from search.results import find
from territories.models import Organisation
from tests import factories

pytestmark = pytest.mark.django_db


def found(text):
    return [hit.entry.url for group in find(Query.read(text)).groups for hit in group.hits]


@pytest.fixture
def staff(client):
    client.force_login(factories.user(is_staff=True, is_superuser=True))
    return client


def save(staff, row, **fields):
    """Send the form of a row, as it is shown, with other values in these fields."""
    address = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"
    form = staff.get(address).context["adminform"].form
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    data = {name: value for name, value in data.items() if value is not None} | fields
    response = staff.post(address, data)
    assert response.status_code == 302, response.context["errors"]


def test_a_name_changed_in_the_admin_is_found_with_all_that_shows_it(staff):
    carrier = factories.organisation(name="Ancien", slug="carrier")
    theme = Theme.objects.create(name="vieux", slug="theme")
    challenge = factories.challenge(slug="defi", carrier=carrier)
    challenge.themes.add(theme)
    rebuild()
    assert found("ancien") == ["/acteurs/carrier/", "/defis/defi/"]

    save(staff, carrier, name="Nouveau")
    save(staff, theme, name="moderne")

    assert found("ancien") == []
    assert found("nouveau") == ["/acteurs/carrier/", "/defis/defi/"]
    assert found("vieux") == []
    assert found("moderne") == ["/themes/theme/", "/defis/defi/"]


def test_what_the_admin_deletes_is_lost(staff):
    theme = Theme.objects.create(name="passager", slug="theme")
    challenge = factories.challenge(slug="defi")
    challenge.themes.add(theme)
    rebuild()
    assert "/defis/defi/" in found("passager")

    staff.post(f"/admin/challenges/theme/{theme.pk}/delete/", {"post": "yes"})
    assert found("passager") == []
    assert not Entry.objects.filter(source="theme").exists()

    rows = {"action": "delete_selected", "_selected_action": [challenge.pk], "post": "yes"}
    staff.post("/admin/challenges/challenge/", rows)
    assert not Challenge.objects.exists()
    assert not Entry.objects.filter(source="challenge").exists()


def test_a_row_that_moves_takes_its_words_along():
    before, after = factories.challenge(slug="avant"), factories.challenge(slug="apres")
    objective = factories.objective(challenge=before, wording="Zéro gaspillage")
    rebuild()
    assert found("gaspillage") == ["/defis/avant/"]

    keys = touched(objective)
    objective.challenge, objective.position = after, 1
    objective.save()
    refresh(keys, touched(objective))

    assert found("gaspillage") == ["/defis/apres/"]


def test_the_commands_leave_it_true(settings):
    factories.challenge(slug="defi", title="Éphémère")

    call_command("rebuild_search", stdout=StringIO())
    assert found("ephemere") == ["/defis/defi/"]
    Challenge.objects.all().delete()
    call_command("remove_demo", stdout=StringIO())
    assert not Entry.objects.filter(source="challenge").exists()


def test_made_again_it_is_the_same():
    factories.challenge(title="Une maison", need="Des maisons.")
    Organisation.objects.create(name="La maison", slug="maison", category="association")

    def content():
        entries = Entry.objects.values_list("source", "key", "title")
        occurrences = Occurrence.objects.values_list(
            "entry__source", "entry__key", "stem", "weight"
        )
        return sorted(entries), sorted(occurrences)

    rebuild()
    first = content()
    rebuild()

    assert content() == first
    assert len({row[:3] for row in first[1]}) == len(first[1])
