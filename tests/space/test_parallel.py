"""What is sent many times at the same moment, to processes that know nothing of one another."""

from collections import Counter

import pytest

from challenges.models import ProgressReport, Reading
from territories.models import Organisation
from tests import factories
from tests.space.parallel import at_once

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/espace/grasse/point/"
FORM = "/espace/grasse/point/habiter/"


def test_twenty_sends_of_one_report_write_it_once_and_get_the_same_answer(gunicorn, grasse):
    goal = grasse.challenge.goal
    browser = gunicorn.browser(factories.coordinator(territory=grasse).user)
    typed = browser.form(PAGE, FORM) | {
        f"value_{goal.pk}": "12",
        f"source_{goal.pk}": "Comptage",
        "mood": "moving",
        "text": "Bien.",
        "act": "save",
    }

    answers = at_once([(browser, FORM, typed)] * 20)

    answer = (302, f"{PAGE}#defi-{grasse.challenge.pk}")
    assert [(a.status, a.address) for a in answers] == [answer] * 20
    assert (Reading.objects.count(), ProgressReport.objects.count()) == (1, 1)


def test_what_twenty_pages_give_is_twenty_reports(gunicorn, grasse):
    """They are twenty acts: it is the key of a page that makes one of several sends."""
    browsers = [gunicorn.browser(factories.coordinator(territory=grasse).user) for _ in range(20)]
    sent = [(b, FORM, b.form(PAGE, FORM) | {"act": "nothing_new"}) for b in browsers]

    assert [answer.status for answer in at_once(sent)] == [302] * 20
    assert ProgressReport.objects.count() == 20


def test_of_twenty_corrections_of_one_reading_one_is_written_and_the_others_see_it(
    gunicorn, grasse
):
    wrong = factories.reading(objective=grasse.challenge.goal, value=999)
    page = f"/espace/grasse/releves/habiter/{wrong.pk}/"
    people = [factories.coordinator(territory=grasse).user for _ in range(20)]
    browsers = [gunicorn.browser(person) for person in people]
    sent = [
        (browser, page, browser.form(page) | {"value": n, "comment": f"Raison {n}"})
        for n, browser in enumerate(browsers)
    ]

    answers = at_once(sent)

    assert Counter(answer.status for answer in answers) == {302: 1, 409: 19}
    written = Reading.objects.get(supersedes=wrong)
    for n, answer in enumerate(answers):
        if answer.status == 409:
            assert f"<strong>{written.value:.0f} personnes</strong>" in answer.html
            assert f"Raison {written.value:.0f}" in answer.html
            assert f'value="Raison {n}"' in answer.html


def test_of_twenty_saves_of_one_challenge_one_passes_and_the_others_show_both_texts(
    gunicorn, grasse
):
    page = "/espace/grasse/defis/habiter/"
    people = [factories.coordinator(territory=grasse).user for _ in range(20)]
    browsers = [gunicorn.browser(person) for person in people]
    sent = [
        (browser, page, browser.form(page) | {"need": f"Le texte numéro {n}", "act": "save"})
        for n, browser in enumerate(browsers)
    ]

    answers = at_once(sent)

    assert Counter(answer.status for answer in answers) == {302: 1, 409: 19}
    change = grasse.challenge.proposals.get().changes.get()
    for n, answer in enumerate(answers):
        if answer.status == 409:
            assert f"Le texte numéro {n}</textarea>" in answer.html
            assert change.after.removeprefix("Le texte numéro ") in answer.html
            assert f"Enregistré par {people[int(change.after.split()[-1])]}" in answer.html


def test_of_twenty_saves_by_the_team_one_passes_and_the_others_show_both_texts(gunicorn, db):
    row = factories.organisation(description="Avant")
    page = f"/admin/territories/organisation/{row.pk}/change/"
    people = [
        factories.user(name=f"Personne {n}", is_staff=True, is_superuser=True) for n in range(20)
    ]
    browsers = [gunicorn.browser(person) for person in people]
    sent = [
        (browser, page, browser.form(page) | {"description": f"Le rôle numéro {n}"})
        for n, browser in enumerate(browsers)
    ]

    answers = at_once(sent)

    assert Counter(answer.status for answer in answers) == {302: 1, 409: 19}
    row.refresh_from_db()
    number = row.description.split()[-1]
    for n, answer in enumerate(answers):
        if answer.status == 409:
            assert f'value="Le rôle numéro {n}"' in answer.html
            assert f"Le rôle numéro {number}</span>" in answer.html
            assert f"Personne {number} a enregistré cette fiche" in answer.html
    assert row.history.count() == 2


def test_twenty_sends_of_one_form_of_the_team_add_one_row(gunicorn, db):
    page = "/admin/territories/organisation/add/"
    browser = gunicorn.browser(factories.user(is_staff=True, is_superuser=True))
    typed = browser.form(page) | {"name": "Ruche", "slug": "ruche", "category": "hive"}

    answers = at_once([(browser, page, typed)] * 20)

    assert [answer.status for answer in answers] == [302] * 20
    assert Organisation.objects.get().history.count() == 1
