"""Inviting and handing over by the label's team: the acts, then their pages in admin."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import roles
from outbox.models import Message
from territories import team
from territories.acts import ActError
from territories.models import Coordinator, Invitation, Territory
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

LIST = "/admin/territories/territory/"
EMAIL = "lou@exemple.test"


@pytest.fixture
def staff(db):
    return factories.user(is_staff=True, is_superuser=True)


@pytest.fixture
def territory(db):
    return factories.territory(name="Pays de Grasse")


@pytest.fixture
def referent(territory):
    return factories.coordinator(territory=territory, user=factories.user(name="Sasha Petit"))


def told(lines):
    return {str(line): line.effect or line.refusal for line in lines}


def entrust(staff, territory, **given):
    defaults = {"to": None, "email": "", "stay": False, "reason": "Départ en retraite"}
    return team.entrust(territory=territory, by=staff, **defaults | given)


# Inviting.


def test_inviting_in_several_territories_leaves_those_where_one_is(staff, territory, referent):
    new, asked = factories.territory(name="Neuf"), factories.territory(name="Demandé")
    email = referent.user.email
    old = factories.invitation(territory=asked, email=email, role="reader")

    lines = team.invite_each(
        territories=Territory.objects.all(), email=email, role="contributor", by=staff
    )

    words = f"à {email}, pour le rôle de contributeur. Aucun droit avant sa réponse."
    assert told(lines) == {
        "Demandé": f"L’invitation qui attend repart {words}",
        "Neuf": f"Un courriel part {words}",
        "Pays de Grasse": f"{email} fait déjà partie de l’équipe (référent).",
    }
    assert Invitation.objects.get(territory=new).invited_by == staff
    old.refresh_from_db()
    assert old.role == "contributor"
    assert Message.objects.filter(to=email).count() == 2


def test_inviting_twice_at_once_writes_once(staff, territory):
    given = {"territories": Territory.objects.all(), "email": EMAIL, "role": "referent"}
    team.invite_each(**given, by=staff)

    again = team.invite_each(**given, by=staff)

    assert [line.refusal for line in again] == [f"L’invitation vient de partir à {EMAIL}."]
    assert Message.objects.count() == 1


# Handing over.


def test_somebody_of_the_team_takes_over_and_the_referents_leave(staff, territory, referent):
    second = factories.coordinator(territory=territory)
    reader = factories.coordinator(territory=territory, role="reader")
    heir = factories.coordinator(territory=territory, role="contributor")
    elsewhere = factories.coordinator(user=referent.user)

    lines = entrust(staff, territory, to=heir)

    assert told(lines) == {
        str(heir.user): "De contributeur à référent\u00a0: gère l’équipe et les invitations.",
        "Sasha Petit, référent": "Quitte l’équipe aujourd’hui\u00a0: n’entre plus dans l’espace "
        "du territoire.",
        f"{second.user}, référent": "Quitte l’équipe aujourd’hui\u00a0: n’entre plus dans "
        "l’espace du territoire.",
    }
    assert {*territory.coordinators.active().values_list("pk", "role")} == {
        (heir.pk, "referent"),
        (reader.pk, "reader"),
    }
    referent.refresh_from_db()
    assert referent.until <= timezone.now()
    assert Coordinator.objects.filter(pk=elsewhere.pk, until=None).exists()
    for row in [heir, referent, second]:
        last = row.history.first()
        assert last.history_user == staff
        assert last.history_change_reason == "Passation\u00a0: Départ en retraite"
    assert not Message.objects.exists()


def test_an_address_is_invited_and_the_referents_stay_as_contributors(staff, territory, referent):
    waiting = factories.invitation(territory=territory, role="referent")

    lines = entrust(staff, territory, email=EMAIL, stay=True)

    assert told(lines) == {
        EMAIL: f"Un courriel part à {EMAIL}, pour le rôle de référent. Aucun droit avant sa "
        "réponse. L’invitation vaut 14\u00a0jours\u00a0; d’ici là, le territoire n’a plus de "
        "référent.",
        "Sasha Petit, référent": "Devient contributeur\u00a0: garde les défis et le plan, ne "
        "gère plus l’équipe.",
        waiting.email: "Une invitation au rôle de référent l’attend toujours\u00a0: retirez-la si "
        "elle n’a plus lieu d’être.",
    }
    referent.refresh_from_db()
    assert (referent.role, referent.until) == ("contributor", None)
    assert Invitation.objects.get(email=EMAIL).role == "referent"
    assert Message.objects.get().to == EMAIL


def test_a_referent_whose_account_is_closed_loses_the_role_too(staff, territory, referent):
    heir = factories.coordinator(territory=territory, role="contributor")
    referent.user.is_active = False
    referent.user.save()

    entrust(staff, territory, to=heir)

    referent.refresh_from_db()
    assert referent.until


def test_handing_over_asks_for_a_reason_and_changes_something(staff, territory, referent):
    with pytest.raises(ActError, match="Indiquez le motif"):
        entrust(staff, territory, email=EMAIL, reason=" ")
    with pytest.raises(ActError, match="rien à changer"):
        entrust(staff, territory, to=referent)
    with pytest.raises(ActError, match="ne fait plus partie"):
        entrust(staff, territory, to=factories.coordinator())
    with pytest.raises(ActError, match="déjà partie"):
        entrust(staff, territory, email=referent.user.email)
    referent.refresh_from_db()
    assert (referent.role, referent.until) == ("referent", None)
    assert not Invitation.objects.exists()


# In admin.


def test_inviting_from_the_list(client_of, staff, territory, referent):
    new = factories.territory(name="Neuf")
    browser = client_of(staff)
    chosen = {"action": "invite", "_selected_action": [territory.pk, new.pk]}
    asked = browser.post(LIST, chosen)
    assert "Équipe\u00a0: Sasha Petit (référent)" in asked.text
    assert "Personne encore." in asked.text
    address, rows = asked.context["address"], asked.context["rows"]

    wrong = browser.post(address, {"rows": rows, "email": "lou@", "role": "referent"})
    assert "Cette adresse n’est pas complète" in wrong.text
    assert 'value="lou@"' in wrong.text
    sent = {"rows": rows, "email": EMAIL.upper(), "role": "referent"}
    shown = browser.post(address, sent)
    assert f"Un courriel part à {EMAIL}" in shown.text
    assert "Cet acte ne s’annule pas." in shown.text
    assert not Invitation.objects.exists()

    done = browser.post(address, sent | {"confirmed": "1"}, follow=True)
    assert "2 invitations envoyées." in done.text
    assert "/annuler/" not in done.text
    again = browser.post(address, sent | {"confirmed": "1"}, follow=True)
    assert "vient de partir" in again.text
    assert Message.objects.count() == Invitation.objects.count() == 2


def test_handing_over_from_the_page_of_a_territory(client_of, staff, territory, referent):
    heir = factories.coordinator(
        territory=territory, role="reader", user=factories.user(name="Lou Martin")
    )
    browser = client_of(staff)
    address = f"{LIST}acte/entrust/"
    page = f"{LIST}{territory.pk}/change/"
    assert f"{address}?rows={territory.pk}" in browser.get(page).text
    asked = browser.get(f"{address}?rows={territory.pk}")
    assert "Lou Martin, lecteur" in asked.text

    sent = {"rows": territory.pk, "to": heir.pk, "stay": "leave", "reason": "Départ"}
    shown = browser.post(address, sent)
    assert "De lecteur à référent" in shown.text
    assert "Quitte l’équipe aujourd’hui" in shown.text
    heir.refresh_from_db()
    assert heir.role == "reader"
    done = browser.post(address, sent | {"confirmed": "1"}, follow=True)
    assert done.redirect_chain == [(page, 302)]
    heir.refresh_from_db()
    assert heir.role == "referent"
    again = browser.post(address, sent | {"confirmed": "1"})
    assert "il n’y a rien à changer" in again.text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Dites à qui le territoire est confié."),
        ({"email": "lou@"}, "Cette adresse n’est pas complète"),
        ({"email": EMAIL, "stay": ""}, "Dites ce que deviennent"),
        ({"email": EMAIL, "reason": ""}, "Indiquez le motif"),
        ({"to": "999999"}, "Sélectionnez un choix valide"),
    ],
)
def test_what_lacks_is_said_beside_the_field(client_of, staff, territory, referent, sent, words):
    data = {"rows": territory.pk, "stay": "leave", "reason": "Départ", "confirmed": "1"} | sent

    page = client_of(staff).post(f"{LIST}acte/entrust/", data)

    assert page.status_code == 200
    assert words in page.text
    assert not Invitation.objects.exists()


def test_both_ways_at_once_and_a_member_by_address_are_refused(
    client_of, staff, territory, referent
):
    heir = factories.coordinator(territory=territory, role="reader")
    browser = client_of(staff)

    def answer(**sent):
        data = {"rows": territory.pk, "stay": "leave", "reason": "Départ", "confirmed": "1"}
        return browser.post(f"{LIST}acte/entrust/", data | sent).text

    assert "pas les deux" in answer(to=heir.pk, email=EMAIL)
    assert "choisissez-la au-dessus" in answer(email=heir.user.email.upper())


@pytest.mark.parametrize("name", ["invite", "entrust"])
def test_who_writes_content_may_not_touch_people(client, client_of, territory, referent, name):
    call_command("roles", verbosity=0)
    editor = factories.user(is_staff=True)
    editor.groups.add(Group.objects.get(name=roles.EDITING))
    address = f"{LIST}acte/{name}/"
    assert client.get(f"{address}?rows={territory.pk}").status_code == 302
    browser = client_of(editor)

    assert browser.get(f"{address}?rows={territory.pk}").status_code == 403
    sent = {"rows": territory.pk, "email": EMAIL, "role": "referent", "confirmed": "1"}
    sent |= {"stay": "leave", "reason": "Non"}
    assert browser.post(address, sent).status_code == 403
    assert f"/acte/{name}/" not in browser.get(f"{LIST}{territory.pk}/change/").text
    assert not Invitation.objects.exists()


def test_as_many_queries_for_many_territories(client_of, staff, territory, referent):
    browser = client_of(staff)

    def asked():
        keys = ",".join(str(pk) for pk in Territory.objects.values_list("pk", flat=True))
        sent = {"rows": keys, "email": EMAIL, "role": "referent"}
        with CaptureQueriesContext(connection) as captured:
            assert browser.post(f"{LIST}acte/invite/", sent).status_code == 200
        return len(captured)

    factories.invitation(territory=territory)
    asked()  # what a process keeps is read
    few = asked()
    for _ in range(4):
        factories.invitation(territory=factories.coordinator().territory)

    assert asked() == few
