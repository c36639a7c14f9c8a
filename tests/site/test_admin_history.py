"""The past of every row of the administration in words, its versions, and two people at once."""

import re
from datetime import timedelta

import html5lib
import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from challenges import editing
from challenges.models import Audience, Challenge, ProgressReport
from territories.admin.tracked import TrackedAdmin
from territories.history import because
from territories.models import CollectiveMember, Designation, Organisation, Territory
from territories.versions import told_fields
from tests import factories
from tests.forms import filled
from tests.hostile import SCRIPTS
from tests.site.test_changelists import ROWS

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

MOST_QUERIES = 12
TRACKED = {
    model._meta.label_lower: part
    for model, part in admin.site._registry.items()
    if isinstance(part, TrackedAdmin)
}
# What somebody changes in a form of each; a new model whose history is told is a new line here.
EDITS = {
    "challenges.challenge": {"need": "Un toit pour chacun.", "stage": "deployment"},
    "challenges.objective": {"wording": "30 personnes d’ici 2022", "unit": "habitants"},
    "challenges.progressreport": {"text": "Tout avance vite.", "mood": "watch"},
    "challenges.reading": {"state": "validated"},
    "manifesto.manifesto": {"published_on": "02/01/2020"},
    "territories.collectivemember": {"note": "Son site", "role": "lead"},
    "territories.commitment": {"title": "Ouvrir une halle", "side": "joint"},
    "territories.coordinator": {"role": "contributor"},
    "territories.criterion": {"wording": "Coopérer vraiment"},
    "territories.designation": {"expires_on": "02/01/2099", "reason": "Décision"},
    "territories.instrument": {"nature": "fonds", "purpose": "Amorcer"},
    "territories.measure": {"wording": "Une autre mesure", "position": "7"},
    "territories.organisation": {"name": "Juralliance", "category": "hive"},
    "territories.pillar": {"short_title": "Financer"},
    "territories.territory": {"summary": "De la montagne à la mer.", "kind": "pays"},
    "territories.wave": {"description": "La première", "expected_by": "01/03/2019"},
}
UNCHANGEABLE = {"territories.invitation"}  # sent, it is only read or withdrawn


def address(row, page="change"):
    stem = f"admin:{row._meta.app_label}_{row._meta.model_name}"
    return reverse(f"{stem}_{page}", args=[row.pk])


def opened(client, row, query=None):
    """The form of a row, as somebody has it on the screen."""
    response = client.get(address(row), query)
    assert response.status_code == 200
    return filled(response, f"{row._meta.model_name}_form")


def save(client, row, sent):
    return client.post(address(row), sent)


def main_of(response):
    tree = html5lib.parse(response.text, namespaceHTMLElements=False)
    return " ".join("".join(tree.find(".//main").itertext()).split())


def history(client, row, query=None):
    return main_of(client.get(address(row, "history"), query))


def versions(row):
    return row.history.count()


@pytest.fixture
def camille(client_of):
    user = factories.user(name="Camille Martin", is_staff=True, is_superuser=True)
    return client_of(user)


@pytest.fixture
def alix(client_of):
    user = factories.user(name="Alix Durand", is_staff=True, is_superuser=True)
    return client_of(user)


def test_every_model_with_a_history_is_here():
    assert set(TRACKED) == {*EDITS, *UNCHANGEABLE}


def test_every_list_of_related_rows_is_kept():
    """An old version would else be taken up without them, and their change said nowhere."""
    for part in TRACKED.values():
        lists = {each.name for each in part.model._meta.many_to_many}
        assert lists <= set(told_fields(part.model))


# Saving.


@pytest.mark.parametrize("label", EDITS)
def test_a_form_saved_as_it_was_opened_writes_nothing(camille, label):
    row = ROWS[label]()
    before = versions(row)

    answer = save(camille, row, opened(camille, row))

    assert answer.status_code == 302
    assert versions(row) == before
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("label", EDITS)
def test_a_change_says_who_and_why_in_words(camille, label):
    row = ROWS[label]()
    before = versions(row)
    sent = opened(camille, row) | EDITS[label] | {"change_reason": "Demande du comité"}

    assert save(camille, row, sent).status_code == 302

    last = row.history.first()
    assert versions(row) == before + 1
    assert str(last.history_user) == "Camille Martin"
    assert last.history_change_reason == "Demande du comité"
    text = history(camille, row)
    assert "Camille Martin" in text
    assert "Demande du comité" in text
    fields = told_fields(type(row))
    for name, value in EDITS[label].items():
        assert str(fields[name].verbose_name)[1:] in text
        choices = dict(fields[name].flatchoices or ())
        if choices:
            assert choices[value] in text
            assert not re.search(rf"\b{value}\b", text) or value in choices.values()
    assert [name for name in fields if "_" in name and name in text] == []


@pytest.mark.parametrize("label", EDITS)
def test_the_same_form_sent_twice_is_one_change(camille, label):
    row = ROWS[label]()
    before = versions(row)
    sent = opened(camille, row) | EDITS[label]
    keyless = {name: value for name, value in sent.items() if name != "change_once"}

    answers = [save(camille, row, each) for each in [sent, sent, keyless]]

    assert [answer.status_code for answer in answers] == [302] * 3
    assert versions(row) == before + 1
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize("label", EDITS)
def test_two_people_on_one_field_lose_nothing(camille, alix, label):
    row = ROWS[label]()
    first, second = opened(camille, row), opened(alix, row)
    assert save(camille, row, first | EDITS[label]).status_code == 302
    name, value = next(iter(EDITS[label].items()))
    other = OTHERS.get(label, {name: f"{value} bis"})
    before = versions(row)

    answer = save(alix, row, second | other)

    assert answer.status_code == 409
    assert versions(row) == before
    text = main_of(answer)
    assert "Camille Martin a enregistré cette fiche à" in text
    assert "Camille Martin a écrit entre-temps" in text
    kept = filled(answer, f"{row._meta.model_name}_form")
    assert {name: kept[name] for name in other} == other
    # What only the other changed is there too.
    assert all(kept[name] == value for name, value in EDITS[label].items() if name not in other)

    assert save(alix, row, kept).status_code == 302
    assert versions(row) == before + 1
    assert save(alix, row, kept).status_code == 302
    assert versions(row) == before + 1


# Another value of what the first one changed, where a text will not do.
OTHERS = {
    "challenges.reading": {"state": "rejected"},
    "manifesto.manifesto": {"published_on": "02/05/2020"},
    "territories.coordinator": {"role": "reader"},
    "territories.designation": {"expires_on": "02/01/2098"},
}


def test_what_each_changed_alone_goes_through_together(camille, alix):
    area, other = factories.area(name="Pays de Grasse"), factories.area(name="Haut-Jura")
    row = factories.territory(summary="Avant", areas=[area])
    first, second = opened(camille, row), opened(alix, row)
    save(camille, row, first | {"summary": "De Camille", "areas": [area.pk, other.pk]})

    answer = alix.post(address(row), second | {"website": "https://exemple.test/"}, follow=True)

    row = Territory.objects.get(pk=row.pk)
    assert (row.summary, row.website) == ("De Camille", "https://exemple.test/")
    assert {*row.areas.all()} == {area, other}
    assert "ses changements sont gardés aussi (Périmètre, Résumé)" in main_of(answer)
    message = LogEntry.objects.latest("pk").get_change_message()
    assert "Site web" in message
    assert "Résumé" not in message
    assert "Périmètre" not in message


def test_the_text_of_the_other_may_be_kept_by_a_box(camille, alix):
    row = factories.territory(summary="Avant")
    first, second = opened(camille, row), opened(alix, row)
    save(camille, row, first | {"summary": "De Camille"})
    answer = save(alix, row, second | {"summary": "D’Alix", "name": "Nouveau nom"})
    kept = filled(answer, "territory_form")

    save(alix, row, kept | {"change_take": "summary"})

    row.refresh_from_db()
    assert (row.summary, row.name) == ("De Camille", "Nouveau nom")


def test_a_third_one_is_told_again(camille, alix):
    row = factories.territory(summary="Avant")
    first, second = opened(camille, row), opened(alix, row)
    save(camille, row, first | {"summary": "De Camille"})
    kept = filled(save(alix, row, second | {"summary": "D’Alix"}), "territory_form")
    save(camille, row, opened(camille, row) | {"summary": "De Camille encore"})

    assert save(alix, row, kept).status_code == 409
    row.refresh_from_db()
    assert row.summary == "De Camille encore"


def test_an_error_and_a_conflict_come_back_together(camille, alix):
    row = factories.territory(summary="Avant")
    first, second = opened(camille, row), opened(alix, row)
    save(camille, row, first | {"summary": "De Camille"})

    answer = save(alix, row, second | {"summary": "x" * 301, "website": "pas une adresse"})

    assert answer.status_code == 409
    assert "Camille Martin a écrit entre-temps" in main_of(answer)
    kept = filled(answer, "territory_form")
    assert (kept["summary"], kept["website"]) == ("x" * 301, "pas une adresse")


def test_the_rows_of_a_form_follow_too(camille, alix):
    """The label of a territory, changed by one, is not put back by the other who only looks."""
    row = factories.territory()
    designation = row.designations.get()
    first, second = opened(camille, row), opened(alix, row)
    prefix = next(name for name in first if name.endswith("-0-reason"))
    change = {prefix: "Comité de mars", prefix.replace("reason", "expires_on"): "02/01/2099"}
    save(camille, row, first | change | {"change_reason": "Décision du comité"})
    assert designation.history.first().history_change_reason == "Décision du comité"
    assert versions(row) == 1

    assert save(alix, row, second | {"summary": "D’Alix"}).status_code == 302
    designation.refresh_from_db()
    assert designation.reason == "Comité de mars"

    answer = save(alix, row, second | {"summary": "Encore", prefix: "D’Alix", "change_once": ""})
    assert answer.status_code == 409
    kept = filled(answer, "territory_form")
    assert kept[prefix] == "D’Alix"
    assert kept[prefix.replace("reason", "expires_on")] == "02/01/2099"
    text = history(alix, row)
    assert "Modification : labellisation « 1re vague »" in text
    assert "Motif (vide) → Comité de mars" in text


def member(territory, **fields):
    return CollectiveMember.objects.create(
        territory=territory, organisation=factories.organisation(name="La Ruche"), **fields
    )


def test_a_row_deleted_meanwhile_stays_deleted_unless_it_was_changed(camille, alix):
    row = factories.territory()
    kept, gone = member(row), member(row, role="lead")
    first, second = opened(camille, row), opened(alix, row)
    places = {first[f"members-{n}-id"]: n for n in range(2)}
    save(camille, row, first | {f"members-{places[f'{gone.pk}']}-DELETE": "on"})
    assert [*row.members.all()] == [kept]

    assert save(alix, row, second | {"summary": "D’Alix"}).status_code == 302
    assert [*row.members.all()] == [kept]

    note = f"members-{places[f'{gone.pk}']}-note"
    answer = save(alix, row, second | {note: "Sa page", "summary": "D’Alix", "change_once": ""})
    assert answer.status_code == 409
    assert "Camille Martin a supprimé cette ligne" in main_of(answer)
    again = filled(answer, "territory_form")
    assert again["members-1-note"] == "Sa page"
    assert save(alix, row, again).status_code == 302
    assert row.members.get(role="lead").note == "Sa page"
    text = history(alix, row)
    assert "Suppression : membre du collectif « La Ruche »" in text
    assert "Ajout : membre du collectif « La Ruche »" in text


@pytest.mark.parametrize("label", EDITS)
def test_a_row_deleted_while_it_was_open_is_told(camille, alix, label):
    row = ROWS[label]()
    sent = opened(alix, row) | EDITS[label]
    row._history_user = User.objects.get(name="Camille Martin")
    pk = row.pk
    if label == "territories.wave":
        Designation.objects.filter(wave=row).delete()
    row.delete()
    row.pk = pk

    answer = save(alix, row, sent)

    assert answer.status_code == 410
    text = main_of(answer)
    assert "Camille Martin a supprimé cette fiche à" in text
    typed = [v for v in EDITS[label].values() if " " in v]
    assert [value for value in typed if value not in text] == []
    assert alix.get(address(row)).status_code == 410
    assert "Suppression" in history(alix, row)


def test_pictures_of_two_people_and_one_sent_twice(camille, alix, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    row = factories.territory()
    first, second = opened(camille, row), opened(alix, row)
    words = {"image_alt": "La halle"}
    for _ in range(2):
        sent = first | words | {"photo": factories.photo(), "change_once": ""}
        assert save(camille, row, sent).status_code == 302
    assert versions(row) == 2

    answer = save(alix, row, second | {"summary": "D’Alix"})
    row.refresh_from_db()
    assert answer.status_code == 302
    assert (row.image_alt, row.summary) == ("La halle", "D’Alix")

    other = {"photo": factories.photo(size=(900, 600)), "image_alt": "La place"}
    answer = save(alix, row, second | other | {"change_once": ""})
    assert answer.status_code == 409
    text = main_of(answer)
    assert "a changé l’image entre-temps" in text
    assert "Choisissez de nouveau la photo" in text or "choisissez de nouveau la vôtre" in text
    kept = filled(answer, "territory_form")
    again = kept | {"photo": factories.photo(size=(900, 600)), "image_alt": "La place"}
    assert save(alix, row, again).status_code == 302
    assert "image remplacée" in history(alix, row)


def test_a_popup_and_a_form_saved_as_new(camille, alix):
    row = factories.organisation()
    first, second = opened(camille, row, {"_popup": "1"}), opened(alix, row, {"_popup": "1"})
    assert save(camille, row, first | {"description": "De Camille"}).status_code == 200

    answer = save(alix, row, second | {"description": "D’Alix"})

    assert answer.status_code == 409
    kept = filled(answer, "organisation_form")
    assert kept["_popup"] == "1"
    assert "popup-response-constants" in save(alix, row, kept).text


def test_adding_twice_by_a_double_click_adds_once(camille):
    page = reverse("admin:territories_organisation_add")
    sent = filled(camille.get(page), "organisation_form")
    sent |= {"name": "Ruche", "slug": "ruche", "category": "hive", "change_reason": "Demande"}

    answers = [camille.post(page, sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    row = Organisation.objects.get()
    assert row.history.get().history_change_reason == "Demande"
    report = reverse("admin:challenges_progressreport_add")
    challenge = factories.challenge()
    sent = filled(camille.get(report), "progressreport_form")
    sent |= {"challenge": challenge.pk, "on": "2020-01-01", "mood": "moving", "text": "Bien."}
    for _ in range(2):
        camille.post(report, sent)
    assert ProgressReport.objects.count() == 1


def test_a_reason_too_long_is_told_beside_it(camille):
    row = factories.territory(summary="Avant")

    answer = save(
        camille, row, opened(camille, row) | {"summary": "Après", "change_reason": "x" * 101}
    )

    assert answer.status_code == 200
    kept = filled(answer, "territory_form")
    assert (kept["summary"], kept["change_reason"]) == ("Après", "x" * 101)
    assert "Raccourcissez le motif" in main_of(answer)
    row.refresh_from_db()
    assert row.summary == "Avant"


@pytest.mark.parametrize("base", ["", "abc", "-1", "9" * 40, "1; DROP", "٣", "\x00"])
def test_a_forged_base_breaks_nothing(camille, base):
    row = factories.territory()
    sent = opened(camille, row) | {"summary": "Après", "change_base": base}

    assert save(camille, row, sent | {"change_base_members": base}).status_code == 302
    row.refresh_from_db()
    assert row.summary == "Après"


@pytest.mark.parametrize("text", [*SCRIPTS[:4], "\x00", "\u202e{{ 7 }}{% now %}", "a b " * 5000])
def test_hostile_words_are_only_words(camille, alix, text):
    row = factories.territory()
    first, second = opened(camille, row), opened(alix, row)
    said = save(camille, row, first | {"presentation": text, "change_reason": text[:100]})
    assert said.status_code in {200, 302}

    answer = save(alix, row, second | {"presentation": "<b>D’Alix</b>"})

    assert answer.status_code in {302, 409}
    for page in [answer, alix.get(address(row, "history"))]:
        assert "<script>console" not in page.text
        assert "<svg onload" not in page.text
        assert "<b>D’Alix" not in page.text


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
