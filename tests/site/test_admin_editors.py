"""Two people at once on a row of the administration, a button pressed twice, a row deleted."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from accounts.models import User
from challenges.models import ProgressReport
from territories.models import CollectiveMember, Designation, Organisation, Territory
from territories.versions import told_fields
from tests import factories
from tests.forms import filled
from tests.hostile import SCRIPTS
from tests.site.editors import (
    EDITS,
    OTHERS,
    TRACKED,
    UNCHANGEABLE,
    address,
    history,
    main_of,
    opened,
    save,
    versions,
)
from tests.site.test_changelists import ROWS

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


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


def member(territory, **fields):
    return CollectiveMember.objects.create(
        territory=territory, organisation=factories.organisation(name="La Ruche"), **fields
    )


def test_the_rows_of_a_form_follow_too(camille, alix):
    """What one changed in a row is not put back by the other, who only looks at it."""
    row = factories.territory()
    ruche = member(row)
    first, second = opened(camille, row), opened(alix, row)
    note, role = "members-0-note", "members-0-role"
    change = {note: "Depuis mars", role: "lead"}
    save(camille, row, first | change | {"change_reason": "Décision du comité"})
    assert ruche.history.first().history_change_reason == "Décision du comité"
    assert versions(row) == 1

    assert save(alix, row, second | {"summary": "D’Alix"}).status_code == 302
    ruche.refresh_from_db()
    assert ruche.note == "Depuis mars"

    answer = save(alix, row, second | {"summary": "Encore", note: "D’Alix", "change_once": ""})
    assert answer.status_code == 409
    kept = filled(answer, "territory_form")
    assert kept[note] == "D’Alix"
    assert kept[role] == "lead"
    text = history(alix, row)
    assert "Modification : membre du collectif « La Ruche »" in text
    assert "(vide) → Depuis mars" in text


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


def test_a_page_seen_again_by_going_back_loses_nothing(camille):
    """It has the key of what was saved, and other words."""
    row = factories.territory()
    sent = opened(camille, row)
    assert save(camille, row, sent | {"summary": "Premier jet"}).status_code == 302
    assert save(camille, row, sent | {"website": "https://exemple.test/"}).status_code == 302
    row.refresh_from_db()
    assert (row.summary, row.website) == ("Premier jet", "https://exemple.test/")

    answer = save(camille, row, sent | {"summary": "Second jet"})

    assert answer.status_code == 409
    assert "Vous avez enregistré cette fiche" in main_of(answer)
    assert filled(answer, "territory_form")["summary"] == "Second jet"


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
