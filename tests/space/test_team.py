"""/espace/<territoire>/equipe/: who writes for a territory, and who is invited to."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from outbox.models import Message
from territories.models import Coordinator, Invitation
from tests import factories
from tests.accounts.door import sign_in

pytestmark = pytest.mark.django_db

PAGE = "/espace/grasse/equipe/"


@pytest.fixture
def referent(signed_in):
    return signed_in("referent")


def invite(client, email="nouvelle@exemple.test", role="contributor", **fields):
    typed = {"key": uuid4(), "email": email, "role": role} | fields
    return client.post(PAGE, typed, follow=True)


def said(response):
    return [str(message) for message in response.context["messages"]]


def act(client, row, act, **fields):
    folder = "" if isinstance(row, Coordinator) else "invitations/"
    return client.post(f"{PAGE}{folder}{row.pk}/", {"act": act} | fields, follow=True)


# Inviting.


def test_an_invitation_opens_an_account_and_writes_to_it(referent, grasse):
    response = invite(referent, "Nouvelle@Exemple.test")

    invitation, message = Invitation.objects.get(), Message.objects.get()
    assert said(response) == ["Invitation envoyée à nouvelle@exemple.test."]
    assert (invitation.territory, invitation.role) == (grasse, "contributor")
    assert not User.objects.get(email="nouvelle@exemple.test").has_usable_password()
    assert message.to == "nouvelle@exemple.test"
    assert "http://testserver/espace/" in message.text
    assert "Pays de Grasse" in message.subject
    assert "14 jours" in message.html


def test_an_account_that_exists_is_invited_too(referent, grasse):
    known = factories.user()

    invite(referent, known.email)

    assert User.objects.filter(email=known.email).count() == 1
    assert Invitation.objects.get().email == known.email


def test_a_double_click_invites_once(referent, grasse):
    key = uuid4()

    for _ in range(2):
        response = invite(referent, key=key)

    assert said(response) == ["Invitation envoyée à nouvelle@exemple.test."]
    assert (Invitation.objects.count(), Message.objects.count()) == (1, 1)


def test_inviting_again_sends_again_with_the_new_role(referent, grasse):
    invite(referent)
    invite(referent, role="reader")

    assert [invitation.role for invitation in Invitation.objects.all()] == ["reader"]
    assert Message.objects.count() == 2


def test_someone_of_the_team_is_not_invited_and_may_be_corrected(referent, grasse):
    member = factories.coordinator(territory=grasse)
    key = uuid4()

    response = invite(referent, member.user.email, key=key)
    [message] = response.context["form"].errors["email"]
    assert message == f"{member.user.email} fait déjà partie de l’équipe."
    assert Invitation.objects.count() == 0

    invite(referent, key=key)
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize(
    "email", ["", "personne", "a@b", "a@b.fr\nBcc: c@d.fr", "x" * 300 + "@b.fr"]
)
def test_a_bad_address_is_explained_and_kept(referent, email):
    response = invite(referent, email)

    assert "email" in response.context["form"].errors
    assert (Invitation.objects.count(), Message.objects.count()) == (0, 0)


def test_an_unknown_role_is_refused(referent):
    assert "role" in invite(referent, role="roi").context["form"].errors


# Answering.


def answered(client, invitation, act="accept"):
    client.force_login(User.objects.get(email=invitation.email))
    return client.post(f"/espace/invitations/{invitation.pk}/", {"act": act}, follow=True)


@pytest.fixture
def invitation(referent, grasse):
    invite(referent)
    return Invitation.objects.get()


def test_the_invited_person_finds_it_in_the_space_and_accepts(client, invitation, grasse):
    client.force_login(User.objects.get(email=invitation.email))
    assert "Pays de Grasse vous invite" in client.get("/espace/").content.decode()

    response = answered(client, invitation)

    assert said(response) == ["Bienvenue dans l’équipe de Pays de Grasse."]
    assert client.get("/espace/grasse/point/").status_code == 200
    assert grasse.coordinators.active().get(user__email=invitation.email).role == "contributor"


def test_declined_it_opens_nothing(client, invitation, grasse):
    answered(client, invitation, "decline")

    assert client.get("/espace/grasse/point/").status_code == 404
    assert not Invitation.objects.open().exists()


def test_expired_it_opens_nothing_until_sent_again(client, referent, invitation, grasse):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    user = referent.coordinator.user

    response = answered(client, invitation)
    assert said(response) == ["Cette invitation a expiré\u00a0: demandez-en une nouvelle."]
    assert "Cette invitation a expiré le" in response.content.decode()

    client.force_login(user)
    act(client, invitation, "resend")
    answered(client, invitation)
    assert client.get("/espace/grasse/point/").status_code == 200


# Asking for another one, the first having expired.

BUTTON = "Demander une nouvelle invitation"


@pytest.fixture
def expired(invitation):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    Message.objects.all().delete()
    return invitation


def ask_again(client, invitation):
    client.force_login(User.objects.get(email=invitation.email))
    return client.post(f"/espace/invitations/{invitation.pk}/redemander/", follow=True)


def test_an_expired_invitation_is_asked_for_again(client, referent, expired, grasse):
    inviter = referent.coordinator.user
    client.force_login(User.objects.get(email=expired.email))
    assert BUTTON in client.get("/espace/").text

    response = ask_again(client, expired)

    assert said(response) == ["Votre demande est envoyée. La réponse viendra par courriel."]
    assert "Vous en avez demandé une nouvelle le" in response.text
    assert BUTTON not in response.text
    message = Message.objects.get()
    assert message.to == inviter.email
    assert expired.email in message.text
    assert "http://testserver/espace/grasse/equipe/" in message.text + message.html
    assert client.get("/espace/grasse/point/").status_code == 404

    client.force_login(inviter)
    assert f"{expired.email} a demandé une nouvelle invitation le" in client.get(PAGE).text
    act(client, expired, "resend")
    assert "a demandé une nouvelle invitation" not in client.get(PAGE).text
    assert said(answered(client, expired)) == ["Bienvenue dans l’équipe de Pays de Grasse."]


def test_it_is_asked_for_once_a_day(client, expired):
    for _ in range(3):
        ask_again(client, expired)
    assert Message.objects.count() == 1

    yesterday = timezone.now() - timedelta(days=1)
    Invitation.objects.update(asked_again_at=yesterday)
    Message.objects.update(key="celui d’hier")
    assert BUTTON in client.get("/espace/").text
    ask_again(client, expired)
    assert Message.objects.count() == 2


def test_sent_again_and_expired_again_the_same_day_it_writes_no_more(client, expired):
    ask_again(client, expired)
    Invitation.objects.update(asked_again_at=None)

    ask_again(client, expired)

    assert Message.objects.count() == 1


def test_the_referents_are_asked_when_the_inviter_is_gone(client, referent, expired, grasse):
    others = [factories.coordinator(territory=grasse).user for _ in range(2)]
    factories.coordinator(territory=grasse, role="contributor")
    act(referent, referent.coordinator, "end")

    ask_again(client, expired)

    assert {m.to for m in Message.objects.all()} == {user.email for user in others}


def test_the_team_is_asked_when_there_is_no_referent(client, referent, expired, grasse):
    boss = factories.user(is_staff=True, is_superuser=True)
    factories.user(is_staff=True)  # may not send it again
    factories.user(is_staff=True, is_superuser=True, is_active=False)
    Coordinator.objects.update(until=timezone.now())

    ask_again(client, expired)

    message = Message.objects.get()
    assert message.to == boss.email
    assert "http://testserver/admin/territories/invitation/" in message.text


def test_one_of_the_team_who_invited_is_asked_alone(client, expired, grasse):
    boss = factories.user(is_staff=True, is_superuser=True)
    factories.user(is_staff=True, is_superuser=True)
    Invitation.objects.update(invited_by=boss)

    ask_again(client, expired)

    message = Message.objects.get()
    assert message.to == boss.email
    assert "/admin/territories/invitation/" in message.html


def test_with_nobody_to_ask_the_way_is_told(client, expired):
    Coordinator.objects.update(until=timezone.now())

    [message] = said(ask_again(client, expired))

    assert "écrivez à l’équipe du label" in message
    assert Invitation.objects.get().asked_again_at is None


def test_what_is_valid_answered_or_withdrawn_is_not_asked_for(client, referent, invitation):
    Message.objects.all().delete()
    assert said(ask_again(client, invitation)) == [
        "Cette invitation est valable\u00a0: vous pouvez y répondre."
    ]
    act(referent, invitation, "revoke")
    past = timezone.now() - timedelta(minutes=1)
    Invitation.objects.update(expires_at=past, revoked_at=past)
    assert said(ask_again(client, invitation)) == [
        "Cette invitation a déjà reçu une réponse, ou a été retirée."
    ]
    assert not Message.objects.exists()


def test_another_person_asks_for_nothing(client, expired):
    client.force_login(factories.user())

    address = f"/espace/invitations/{expired.pk}/redemander/"
    assert client.post(address).status_code == 404
    assert not Message.objects.exists()


def test_who_never_signed_in_finds_the_way_on_at_the_door(client, expired):
    client.logout()

    assert sign_in(client, expired.email).url == "/espace/"

    assert BUTTON in client.get("/espace/").text
    assert "Votre invitation a expiré" in client.get("/compte/ouvrir/").text


def test_it_is_answered_once_and_by_the_one_invited(client, invitation):
    client.force_login(factories.user())
    address = f"/espace/invitations/{invitation.pk}/"
    assert client.post(address, {"act": "accept"}).status_code == 404

    answered(client, invitation)
    response = answered(client, invitation)
    assert said(response) == ["Cette invitation a déjà reçu une réponse, ou a été retirée."]
    assert Coordinator.objects.filter(user__email=invitation.email).count() == 1


def test_withdrawn_it_opens_nothing(client, referent, invitation):
    act(referent, invitation, "revoke")

    answered(client, invitation)
    assert not Coordinator.objects.filter(user__email=invitation.email).exists()


def test_accepting_after_having_left_gives_the_right_back(client, referent, invitation, grasse):
    user = User.objects.get(email=invitation.email)
    past = timezone.now() - timedelta(days=2)
    factories.coordinator(territory=grasse, user=user, since=past, until=past)

    answered(client, invitation)

    assert grasse.coordinators.filter(user=user).count() == 2
    assert grasse.coordinators.active().filter(user=user).count() == 1


# Roles.


def test_a_role_is_changed(referent, grasse):
    member = factories.coordinator(territory=grasse, role="reader")

    act(referent, member, "role", role="contributor")

    member.refresh_from_db()
    assert member.role == "contributor"


def test_a_right_is_ended_at_once_and_kept_in_the_books(client, referent, grasse):
    member = factories.coordinator(territory=grasse)

    act(referent, member, "end")

    client.force_login(member.user)
    assert client.get(PAGE).status_code == 404
    assert Coordinator.objects.filter(pk=member.pk).exists()


def test_the_last_referent_cannot_leave_nor_step_down(referent, grasse):
    factories.coordinator(territory=grasse, role="contributor")
    own = referent.coordinator

    for response in [act(referent, own, "end"), act(referent, own, "role", role="reader")]:
        [message] = said(response)
        assert message.startswith("Le territoire n’aurait plus de référent")
    assert grasse.coordinators.active().filter(role="referent").count() == 1


def test_the_hand_is_passed_over(referent, grasse):
    member = factories.coordinator(territory=grasse, role="contributor")

    act(referent, member, "hand_over")

    roles = {c.pk: c.role for c in grasse.coordinators.active()}
    assert roles == {member.pk: "referent", referent.coordinator.pk: "contributor"}


@pytest.mark.parametrize("fields", [{}, {"role": "roi"}])
def test_an_act_that_says_nothing_changes_nothing(referent, grasse, fields):
    member = factories.coordinator(territory=grasse, role="reader")

    response = act(referent, member, "role", **fields)

    assert said(response) == ["Choisissez un rôle dans la liste."]


def test_a_coordinator_of_elsewhere_is_out_of_reach(referent):
    assert act(referent, factories.coordinator(), "end").status_code == 404
    assert act(referent, factories.invitation(), "revoke").status_code == 404


def test_staff_invite_the_first_referent_from_the_admin(admin_client, grasse):
    address = "/admin/territories/invitation/add/"
    typed = {"territory": grasse.pk, "email": "premiere@exemple.test", "role": "referent"}

    assert admin_client.post(address, typed).status_code == 302
    assert Invitation.objects.get().role == "referent"
    assert Message.objects.get().to == "premiere@exemple.test"
