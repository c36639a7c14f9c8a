"""The queue as the team sees it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from outbox.models import Message
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

LIST = "/admin/outbox/message/"


def page(message):
    return f"{LIST}{message.pk}/change/"


def test_the_list_says_state_age_and_error(admin_client):
    factories.message(
        subject="Rappel",
        state="failed",
        error="550 inconnu",
        created_on=timezone.now() - timedelta(hours=3, minutes=5),
    )

    text = admin_client.get(LIST).text

    for words in ["Rappel", "en échec", "3\u00a0heures", "550 inconnu"]:
        assert words in text


def test_the_list_asks_as_many_queries_for_twenty_rows_as_for_one(admin_client):
    def count():
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert admin_client.get(LIST).status_code == 200
        return len(queries)

    factories.message()
    count()  # content types are kept in memory from the first page on
    one = count()
    for _ in range(20):
        factories.message()

    assert count() == one


def test_a_message_is_read_and_not_written(admin_client):
    message = factories.message(text="Bonjour <b>vous</b>.")

    text = admin_client.get(page(message)).text

    assert "Bonjour &lt;b&gt;vous&lt;/b&gt;." in text
    assert 'name="_save"' not in text
    assert admin_client.post(page(message), {"text": "autre"}).status_code == 403
    assert admin_client.get(f"{LIST}add/").status_code == 403
    assert admin_client.post(f"{LIST}{message.pk}/delete/", {"post": "yes"}).status_code == 403


def test_nobody_reads_a_secret_but_on_a_developer_s_machine(admin_client, settings):
    message = factories.message(text="123456", html="<p>123456</p>", secret=True)

    settings.DEBUG = True
    assert "123456" in admin_client.get(page(message)).text
    settings.DEBUG = False
    text = admin_client.get(page(message)).text
    assert "123456" not in text
    assert "seule la personne qui le reçoit peut le lire" in text


def test_an_erased_text_says_so(admin_client):
    message = factories.message(text="", state="sent", sent_on=timezone.now())

    assert "Effacé" in admin_client.get(page(message)).text


def act(client, action, *messages):
    data = {"action": action, "_selected_action": [message.pk for message in messages]}
    return client.post(LIST, data, follow=True)


def test_what_stopped_is_tried_again_and_counted(admin_client):
    rows = [factories.message(state=state) for state in ["failed", "to_check", "waiting"]]

    text = act(admin_client, "retry", *rows).text

    assert "2 messages remis dans la file." in text
    assert "Laissés tels quels, d’après leur état ou leur texte effacé\u00a0: 1." in text
    assert {*Message.objects.values_list("state", flat=True)} == {"waiting"}


def test_what_waits_is_given_up_and_counted(admin_client):
    sent = factories.message(state="sent", sent_on=timezone.now())

    assert "1 message abandonné." in act(admin_client, "drop", factories.message(), sent).text
    assert "Aucun message abandonné." in act(admin_client, "drop", sent).text
    assert {*Message.objects.values_list("state", flat=True)} == {"dropped", "sent"}


def test_one_who_may_only_look_has_no_action(client):
    reader = factories.user(is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_message"))
    client.force_login(reader)
    message = factories.message()

    act(client, "drop", message)

    message.refresh_from_db()
    assert message.state == "waiting"
    assert "Abandonner" not in client.get(LIST).text
