import pytest

from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


def confirmed(browser, model, act, *rows):
    """What admin says once an act chosen in the list is confirmed."""
    chosen = {"action": act, "_selected_action": [row.pk for row in rows]}
    asked = browser.post(f"/admin/{model}/", chosen)
    assert asked.status_code == 200
    sent = {"rows": asked.context["rows"]}
    return asked.text, browser.post(asked.context["address"], sent, follow=True).text


@pytest.mark.parametrize(
    ("act", "before", "after", "report"),
    [
        ("publish", "draft", "published", "1 territoire publié."),
        ("unpublish", "published", "draft", "1 territoire remis en brouillon."),
        ("archive", "published", "archived", "1 territoire archivé."),
    ],
)
def test_a_sheet_changes_once_confirmed(admin_client, admin_user, act, before, after, report):
    territory = factories.territory(publication=before)
    other = factories.territory(publication=after)

    asked, told = confirmed(admin_client, "territories/territory", act, territory, other)

    assert "Ce qui va changer (1)" in asked
    assert "Ce qui est laissé de côté (1)" in asked
    assert report in told
    assert f"{other}\u00a0: Déjà" in told
    territory.refresh_from_db()
    assert territory.publication == after
    assert territory.history.first().history_user == admin_user
    assert territory.history.first().history_change_reason
    assert other.history.count() == 1


def test_the_page_says_what_stays_unseen(admin_client):
    unlabelled = factories.territory(publication="draft", labelled=False)
    orphan = factories.challenge(publication="draft", territory=unlabelled)

    asked, _ = confirmed(admin_client, "territories/territory", "publish", unlabelled)
    assert "Invisible encore\u00a0: sans label connu du public" in asked
    asked, _ = confirmed(admin_client, "challenges/challenge", "publish", orphan)
    assert "la fiche de son territoire n’est pas publique" in asked


def test_challenges_are_published_and_archived(admin_client):
    drafts = [factories.challenge(publication="draft") for _ in range(2)]

    _, told = confirmed(admin_client, "challenges/challenge", "publish", *drafts)
    assert "2 défis publiés." in told
    _, told = confirmed(admin_client, "challenges/challenge", "archive", *drafts)
    assert "2 défis archivés." in told
    drafts[0].refresh_from_db()
    assert drafts[0].publication == "archived"


def test_a_submitted_challenge_is_decided_on_its_page(admin_client):
    submitted = factories.challenge(publication="submitted")

    asked, told = confirmed(admin_client, "challenges/challenge", "publish", submitted)

    assert "Rien n’est à faire" in asked
    assert "Rien n’a changé." in told
    submitted.refresh_from_db()
    assert submitted.publication == "submitted"
