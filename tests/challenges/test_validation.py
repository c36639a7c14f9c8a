"""Readings validated and rejected by the label's team: the act, then its pages in admin."""

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from challenges import validation
from challenges.models import Reading
from territories.acts import ActError
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

LIST = "/admin/challenges/reading/"


def told(lines):
    return {line.row.pk: line.effect or line.refusal for line in lines}


def test_each_reading_is_told_apart():
    hidden = factories.reading(
        objective=factories.objective(challenge=factories.challenge(publication="draft"))
    )
    validated = factories.reading(state="validated")
    rejected = factories.reading(state="rejected")
    old = factories.reading()
    new = factories.reading(objective=old.objective, supersedes=old)

    assert told(validation.validate_lines(Reading.objects.all())) == {
        hidden.pk: "Rien de visible\u00a0: la fiche du défi n’est pas publique.",
        validated.pk: "Déjà validé.",
        rejected.pk: "Rejeté jusqu’ici, il compte de nouveau\u00a0; il dira «\u00a0Validé\u00a0».",
        old.pk: "Corrigé depuis\u00a0: validez sa correction.",
        new.pk: "Le relevé dira «\u00a0Validé\u00a0».",
    }
    assert told(validation.reject_lines(Reading.objects.all())) == {
        hidden.pk: "Rien de visible\u00a0: la fiche du défi n’est pas publique.",
        validated.pk: "Il quitte la page, la courbe et les calculs.",
        rejected.pk: "Déjà rejeté.",
        old.pk: "Corrigé depuis\u00a0: il ne compte déjà plus.",
        new.pk: "Il quitte la page\u00a0; 10 le 30/06/2020 compte de nouveau.",
    }


def test_a_rejection_has_a_reason_which_its_history_keeps():
    staff, reading = factories.user(), factories.reading()
    with pytest.raises(ActError, match="Indiquez le motif"):
        validation.reject(readings=Reading.objects.all(), reason=" ", by=staff)
    assert Reading.objects.get().state == "declared"

    validation.reject(readings=Reading.objects.all(), reason="Source introuvable", by=staff)

    last = reading.history.first()
    assert (last.state, last.history_user) == ("rejected", staff)
    assert last.history_change_reason == "Rejet\u00a0: Source introuvable"
    again = validation.reject(readings=Reading.objects.all(), reason="Encore", by=staff)
    assert [line.refusal for line in again] == ["Déjà rejeté."]
    assert reading.history.count() == 2


@pytest.mark.parametrize(
    ("name", "state", "report"),
    [("validate", "validated", "2 relevés validés."), ("reject", "rejected", "2 relevés rejetés.")],
)
def test_an_act_is_confirmed_from_the_list(admin_client, name, state, report):
    rows = [factories.reading(), factories.reading()]
    other = factories.reading(state=state)
    keys = [row.pk for row in [*rows, other]]

    asked = admin_client.post(LIST, {"action": name, "_selected_action": keys})

    assert "Ce qui va changer (2)" in asked.text
    assert "Ce qui est laissé de côté (1)" in asked.text
    assert rows[0].objective.challenge.title in asked.text
    assert Reading.objects.filter(state="declared").count() == 2
    sent = {"rows": asked.context["rows"], "reason": "Doublon"}
    assert report in admin_client.post(asked.context["address"], sent, follow=True).text
    assert {*Reading.objects.values_list("state", flat=True)} == {state}


@pytest.mark.parametrize("reason", ["", "x" * 81])
def test_a_reason_that_is_not_one_comes_back_with_words(admin_client, reason):
    reading = factories.reading()
    address = f"{LIST}acte/reject/"
    assert f"{address}?rows={reading.pk}" in admin_client.get(f"{LIST}{reading.pk}/change/").text

    page = admin_client.post(address, {"rows": reading.pk, "reason": reason})

    assert page.status_code == 200
    assert "reason_error" in page.text
    assert reason in page.text
    assert Reading.objects.get().state == "declared"


@pytest.mark.parametrize("name", ["validate", "reject"])
def test_who_may_only_look_is_refused(client, name):
    reading = factories.reading()
    reader = factories.user(is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_reading"))
    address = f"{LIST}acte/{name}/"
    assert client.get(f"{address}?rows={reading.pk}").status_code == 302
    client.force_login(reader)

    assert client.get(f"{address}?rows={reading.pk}").status_code == 403
    assert client.post(address, {"rows": reading.pk, "reason": "Non"}).status_code == 403
    client.post(LIST, {"action": name, "_selected_action": [reading.pk]})
    assert Reading.objects.get().state == "declared"


def test_as_many_queries_for_many_readings(admin_client):
    def asked():
        cache.clear()
        keys = ",".join(str(pk) for pk in Reading.objects.values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as captured:
            assert admin_client.get(f"{LIST}acte/reject/?rows={keys}").status_code == 200
        return len(captured)

    old = factories.reading()
    factories.reading(objective=old.objective, supersedes=old)
    few = asked()
    for _ in range(4):
        old = factories.reading()
        factories.reading(objective=old.objective, supersedes=old)

    assert asked() == few
