"""The past of every row of the administration, in words: read, compared, taken up."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from challenges import editing
from challenges.models import Audience, Challenge
from territories.history import because
from territories.models import CollectiveMember, Designation
from territories.versions import told_fields
from tests import factories
from tests.forms import filled
from tests.site.editors import EDITS, address, history, main_of, opened, save
from tests.site.test_changelists import ROWS

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

MOST_QUERIES = 12


# Reading.


def dated(row, *changes, by=None):
    """Versions of a row, a day apart, the last one yesterday."""
    for number, change in enumerate(changes):
        for name, value in change.items():
            setattr(row, name, value)
        row._history_date = timezone.now() - timedelta(days=len(changes) - number)
        row._history_user = by
        row.save()
    return [*row.history.order_by("history_id")]


def test_a_command_is_the_portal_and_a_list_tells_what_came_and_went(admin_client):
    challenge = factories.challenge()
    habitat, emploi = factories.theme(name="Habitat"), factories.theme(name="Emploi")
    halle = factories.commitment(title="Ouvrir une halle")
    challenge._change_reason = "Chargement des faits du label"
    challenge.save()
    challenge.commitments.set([halle])
    for theme in [habitat, emploi]:
        challenge._history_date = timezone.now() + timedelta(days=theme.pk)
        challenge.themes.set([theme])
    emploi.delete()

    text = history(admin_client, challenge)

    assert "Le portail" in text
    assert "Chargement des faits du label" in text
    assert "Habitat" in text
    assert "thème qui n’existe plus" in text
    assert "Ouvrir une halle" in text
    assert "Engagements du plan qui le soutiennent" in text


def test_what_was_deleted_keeps_the_name_it_had(admin_client):
    challenge = factories.challenge()
    ruche = factories.organisation(name="La Ruche")
    dated(challenge, {"recognised_by": ruche}, {"recognised_by": None})
    ruche.delete()

    assert "La Ruche (supprimé) → (vide)" in history(admin_client, challenge)


def test_derived_columns_and_stamps_are_not_told(admin_client):
    territory = factories.territory()
    dated(territory, {"presentation": "Avant *tout*"}, {"presentation": "Après *tout*"})

    page = admin_client.get(address(territory, "history"))

    assert "Avant *tout*" in main_of(page)
    assert "<em>" not in page.text
    assert "Modifié le" not in main_of(page)


def test_a_long_text_tells_its_words_that_change(admin_client):
    territory = factories.territory()
    start, end = "Nous coopérons. " * 60, " Puis nous mesurons." * 60
    texts = [f"{start}Un toit pour {whom}.{end}" for whom in ["tous", "chacun"]]
    _, first, second = dated(territory, *({"presentation": text} for text in texts))

    page = admin_client.get(address(territory, "history"))
    assert "<del>tous</del><ins>chacun</ins>" in page.text
    assert page.text.count("Puis nous mesurons") < 20
    query = {"de": second.pk, "a": first.pk}
    page = admin_client.get(address(territory, "compare"), query)
    assert "<del>tous</del>" in page.text
    assert "<ins>chacun</ins>" in page.text
    assert page.text.count("Puis nous mesurons") == 120
    assert page.text.index("<del>tous") < page.text.index("<ins>chacun")


def many(row, number):
    """As many versions, with the children, the lists and the people that a form has."""
    people = [factories.user(name=f"Personne {n}") for n in range(5)]
    for n in range(number):
        row._history_date = timezone.now() - timedelta(days=number - n)
        row._history_user = people[n % 5]
        if isinstance(row, Challenge):
            row.need = f"Besoin {n}"
            row.carrier = factories.organisation()
            row.save()
            row.themes.set([factories.theme()])
            told = f"public-{number}-{n}"
            row.audiences.set([Audience.objects.create(name=told, slug=told)])
            row.commitments.set([factories.commitment(territory=row.territory)])
            factories.objective(challenge=row, position=number * 100 + n)
            factories.report(challenge=row, by=people[n % 5])
        else:
            row.summary = f"Résumé {n}"
            row.anchor = factories.area()
            row.save()
            row.areas.set([factories.area()])
            member = factories.organisation()
            CollectiveMember.objects.create(territory=row, organisation=member)
            factories.designation(territory=row, state="withdrawn", reason=f"Motif {n}")


def asked(client, page, query=None):
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page, query).status_code == 200
    return [query["sql"] for query in queries]


@pytest.mark.parametrize("made", [factories.territory, factories.challenge])
def test_the_history_asks_as_few_queries_for_60_versions_as_for_3(admin_client, made):
    row = made()
    many(row, 3)
    page = address(row, "history")
    admin_client.get(page)
    few = asked(admin_client, page)
    assert len(few) <= MOST_QUERIES, "\n".join(few)
    last, first = row.history.first(), row.history.last()
    query = {"de": first.pk, "a": last.pk}
    compared = asked(admin_client, address(row, "compare"), query)

    many(row, 57)

    assert len(asked(admin_client, page)) == len(few)
    assert len(asked(admin_client, page, {"p": "2"})) <= MOST_QUERIES
    assert "3 4" in history(admin_client, row) or "… " in history(admin_client, row)
    last = row.history.first()
    query = {"de": first.pk, "a": last.pk}
    assert len(asked(admin_client, address(row, "compare"), query)) == len(compared)


def test_texts_made_to_be_long_to_compare_do_not_hold_the_page(admin_client):
    row = factories.territory()
    texts = ["a b " * 2500, "b a c " * 1600] * 10
    dated(row, *({"presentation": text} for text in texts))

    start = timezone.now()
    admin_client.get(address(row, "history"))

    assert timezone.now() - start < timedelta(seconds=20)  # ten times the most


# Comparing.


def test_comparing_shows_only_what_differs_the_rows_of_the_form_too(admin_client):
    territory = factories.territory(name="Avant", kind="pays")
    first = territory.history.get()
    first.history_date -= timedelta(days=3)
    first.save()
    dated(territory, {"name": "Après"})
    organisation = factories.organisation(name="La Ruche")
    CollectiveMember.objects.create(territory=territory, organisation=organisation)
    last = territory.history.first()

    text = main_of(
        admin_client.get(address(territory, "compare"), {"de": first.pk, "a": "aujourdhui"})
    )

    assert "Nom Avant Après" in text
    assert "Type" not in text
    assert "Ajout : membre du collectif « La Ruche »" in text
    both = {"de": last.pk, "a": last.pk}
    assert "C’est la même version" in main_of(admin_client.get(address(territory, "compare"), both))


def test_a_comparison_asks_for_two_versions_of_its_row(admin_client, client_of):
    territory, other = factories.territory(), factories.territory()
    page, own = address(territory, "compare"), territory.history.get().pk

    assert admin_client.get(page).status_code == 302
    assert admin_client.get(page, {"de": own}, follow=True).status_code == 200
    foreign = other.history.get().pk
    for bad in [foreign, 0, "x", "-1", "9" * 40, "٣", "1e3"]:
        assert admin_client.get(page, {"de": own, "a": bad}).status_code == 404
        assert admin_client.get(address(territory), {"version": bad}).status_code == 404
    gone = page.replace(f"/{territory.pk}/", "/99999/")
    assert admin_client.get(gone, {"de": own, "a": own}).status_code == 404
    stranger = client_of(factories.user(is_staff=True))
    assert stranger.get(page, {"de": own, "a": own}).status_code == 403


# Taking up.


@pytest.mark.parametrize("label", EDITS)
def test_a_version_taken_up_and_saved_gives_back_its_values(camille, label):
    row = ROWS[label]()
    if not row.history.exists():
        row.save()
    first = row.history.first()
    before = values(row)
    save(camille, row, opened(camille, row) | EDITS[label])
    assert values(row) != before

    page = camille.get(address(row), {"version": first.pk})
    text = main_of(page)
    assert "Rien n’est enregistré encore" in text
    fields = told_fields(type(row))
    for name in EDITS[label]:
        assert str(fields[name].verbose_name)[1:] in text.partition("Ce qui changera")[2]
    sent = filled(page, f"{row._meta.model_name}_form")
    assert sent["change_reason"].startswith("Reprise de la version du ")
    assert values(row) != before
    assert save(camille, row, sent).status_code == 302

    assert values(row) == before
    assert row.history.first().history_change_reason == sent["change_reason"]


def values(row):
    row = type(row)._base_manager.get(pk=row.pk)
    return {
        name: sorted(getattr(row, name).values_list("pk", flat=True))
        if each.many_to_many
        else getattr(row, each.attname)
        for name, each in told_fields(type(row)).items()
    }


def test_lists_are_taken_up_less_what_is_no_more(camille):
    challenge = factories.challenge(recognised_by=factories.organisation(name="La Ruche"))
    habitat, emploi, mer = [factories.theme(name=n) for n in ["Habitat", "Emploi", "Mer"]]
    challenge.themes.set([habitat, emploi])
    version = challenge.history.first()
    challenge.themes.set([mer])
    ruche, challenge.recognised_by = challenge.recognised_by, factories.organisation(name="Autre")
    challenge.save()
    emploi.delete()
    ruche.delete()

    page = camille.get(address(challenge), {"version": version.pk})

    text = main_of(page)
    assert "N’existe plus, et reste comme aujourd’hui" in text
    assert "Reconnu par, La Ruche (supprimé)" in text
    assert "Thèmes, thème qui n’existe plus" in text
    save(camille, challenge, filled(page, "challenge_form"))
    challenge.refresh_from_db()
    assert [*challenge.themes.all()] == [habitat]
    assert challenge.recognised_by.name == "Autre"


def test_a_picture_is_taken_up_with_its_words(camille, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    row = factories.territory(image=factories.picture(), image_alt="La halle")
    old, version = row.image, row.history.first()
    sent = opened(camille, row) | {"photo": factories.photo(size=(900, 600)), "image_alt": "Place"}
    save(camille, row, sent)

    page = camille.get(address(row), {"version": version.pk})
    sent = filled(page, "territory_form")
    assert sent["change_picture"] == "on"
    save(camille, row, sent)

    row.refresh_from_db()
    assert (row.image, row.image_alt) == (old, "La halle")


def test_what_a_form_does_not_change_is_left_and_said(camille):
    row = factories.territory()
    version = row.history.get()
    dated(row, {"slug": "autre-adresse", "name": "Autre nom"})

    page = camille.get(address(row), {"version": version.pk})

    assert "reste comme aujourd’hui : Adresse" in main_of(page)
    save(camille, row, filled(page, "territory_form"))
    row.refresh_from_db()
    assert row.slug == "autre-adresse"


def test_who_may_only_look_takes_nothing_up(client_of):
    row = factories.territory()
    reader = factories.user(is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename__in=["view_territory"]))
    client, version = client_of(reader), row.history.get()

    page = client.get(address(row, "history"))
    assert "Reprendre cette version" not in page.text
    assert "Labellisation" not in main_of(page)  # of which this person reads nothing
    assert client.get(address(row), {"version": version.pk}).status_code == 403
    form = client.get(address(row))
    assert form.status_code == 200
    assert "Motif du changement" not in form.text
    sent = {"change_base": "1", "change_version": version.pk}
    assert client.post(address(row), sent).status_code == 403


# By other doors.


def test_what_the_team_decides_says_why():
    challenge = factories.challenge(publication="submitted", need="Un besoin", answer="Oui")
    by = factories.user(is_staff=True)

    editing.send_back(challenge=challenge, reason="Précisez le besoin", by=by)

    last = challenge.history.first()
    assert last.history_change_reason == "Renvoyé au territoire\u00a0: Précisez le besoin"


def test_what_goes_in_cascade_says_why_too():
    territory = factories.territory()
    with because("Doublon"):
        territory.delete()

    assert Designation.history.first().history_change_reason == "Doublon"
    with because("x" * 200):
        assert len(factories.wave(9).history.get().history_change_reason) == 100
    assert factories.wave(8).history.get().history_change_reason is None
