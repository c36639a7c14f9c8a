import pytest
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


def manager_of_accounts():
    """A member of the team who manages accounts without being a superuser."""
    manager = factories.user(is_staff=True)
    manager.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    return manager


@pytest.mark.parametrize("path", ["accounts/user", "auth/group"])
def test_a_list_asks_as_many_queries_for_twenty_rows_as_for_one(admin_client, path):
    def count():
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert admin_client.get(f"/admin/{path}/").status_code == 200
        return len(queries)

    Group.objects.create(name="Équipe")
    count()  # content types are kept in memory from the first page on
    one = count()
    for number in range(20):
        factories.user()
        Group.objects.create(name=f"Groupe {number}")

    assert count() == one


@pytest.mark.parametrize("path", ["accounts/user", "auth/group"])
def test_the_pages_that_add(admin_client, path):
    assert admin_client.get(f"/admin/{path}/add/").status_code == 200


def test_no_password_opens_the_administration(client):
    factories.user(email="camille@exemple.test", is_staff=True)
    credentials = {"username": "camille@exemple.test", "password": "une phrase de passe"}

    response = client.post("/admin/login/?next=/admin/", credentials)

    assert response.status_code == 302
    assert response.url == "/compte/connexion/?next=%2Fadmin%2F"
    assert client.get("/admin/").status_code == 302


def test_a_stranger_is_sent_to_the_sign_in_page(client):
    response = client.get("/admin/accounts/user/")

    assert response.status_code == 302
    assert response.url == "/admin/login/?next=/admin/accounts/user/"


def test_a_coordinator_is_sent_to_the_sign_in_page(client):
    client.force_login(factories.user())

    assert client.get("/admin/accounts/user/").status_code == 302


def test_staff_without_the_right_are_refused(client):
    client.force_login(factories.user(is_staff=True))

    assert client.get("/admin/accounts/user/").status_code == 403


def test_an_account_is_added_in_small_letters(admin_client):
    data = {
        "email": "Camille@Exemple.test",
        "name": "Camille",
        "usable_password": "true",
        "password1": "une phrase de passe",
        "password2": "une phrase de passe",
    }

    response = admin_client.post("/admin/accounts/user/add/", data)

    assert response.status_code == 302
    user = User.objects.get(email="camille@exemple.test")
    assert user.name == "Camille"
    assert user.check_password("une phrase de passe")
    assert not user.is_staff


def test_an_account_may_have_no_password(admin_client):
    data = {"email": "camille@exemple.test", "usable_password": "false"}

    admin_client.post("/admin/accounts/user/add/", data)

    assert not User.objects.get(email="camille@exemple.test").has_usable_password()


def test_an_address_serves_once_whatever_its_case(admin_client):
    factories.user(email="camille@exemple.test")

    response = admin_client.post(
        "/admin/accounts/user/add/", {"email": "CAMILLE@exemple.test", "usable_password": "false"}
    )

    assert response.status_code == 200
    assert "Un compte existe déjà avec cette adresse." in response.text


def test_the_page_of_an_account_and_its_password(admin_client, admin_user):
    assert admin_client.get(f"/admin/accounts/user/{admin_user.pk}/change/").status_code == 200
    assert admin_client.get(f"/admin/accounts/user/{admin_user.pk}/password/").status_code == 200


def test_only_a_superuser_hands_out_rights(client):
    manager = manager_of_accounts()
    team = Group.objects.create(name="Équipe")
    client.force_login(manager)
    data = {
        "email": manager.email,
        "name": "Camille",
        "is_active": "on",
        "is_superuser": "on",
        "groups": [team.pk],
    }

    response = client.post(f"/admin/accounts/user/{manager.pk}/change/", data)

    assert response.status_code == 302
    manager.refresh_from_db()
    assert manager.name == "Camille"
    assert not manager.is_superuser
    assert not manager.groups.exists()


@pytest.mark.parametrize("page", ["change", "delete", "password"])
def test_only_a_superuser_touches_a_superuser(client, admin_user, page):
    client.force_login(manager_of_accounts())
    data = {"post": "yes", "email": "pris@exemple.test", "password1": "x", "password2": "x"}

    response = client.post(f"/admin/accounts/user/{admin_user.pk}/{page}/", data)

    assert response.status_code == 403
    assert User.objects.get(pk=admin_user.pk).email == admin_user.email


def test_a_group_offers_rights_in_french_and_none_on_histories(admin_client):
    text = admin_client.get("/admin/auth/group/add/").text

    assert "Territoires | territoire | modifier" in text
    assert "historical" not in text
    assert "Can change" not in text


def act(client, action, *users):
    data = {"action": action, "_selected_action": [user.pk for user in users]}
    return client.post("/admin/accounts/user/", data, follow=True)


def test_a_superuser_forgets_a_lost_second_factor(admin_client, client_of):
    user = factories.user(is_staff=True, email="perdu@exemple.test")
    browser = client_of(user)
    assert browser.get("/compte/").status_code == 200

    text = act(admin_client, "forget_second_factor", user, factories.user()).text

    assert "Second facteur oublié, sessions fermées\u00a0: perdu@exemple.test." in text
    assert not user.authenticator_set.exists()
    assert browser.get("/compte/").status_code == 302
    again = act(admin_client, "forget_second_factor", user).text
    assert "Aucun de ces comptes n’avait de second facteur." in again


def test_a_superuser_ends_the_sessions_of_an_account(admin_client, client_of):
    user = factories.user()
    browser = client_of(user)

    assert "Sessions fermées" in act(admin_client, "end_sessions", user).text

    assert browser.get("/compte/").status_code == 302


@pytest.mark.parametrize("action", ["forget_second_factor", "end_sessions"])
def test_only_a_superuser_has_these_actions(client_of, action):
    user = factories.user(is_staff=True)
    factories.second_factor(user)

    act(client_of(manager_of_accounts()), action, user)

    user.refresh_from_db()
    assert user.session_epoch == 0
    assert user.authenticator_set.exists()


def test_nobody_reads_the_secrets_of_a_second_factor(admin_client):
    assert "authenticator" not in admin_client.get("/admin/").text
    assert admin_client.get("/admin/mfa/authenticator/").status_code == 404
