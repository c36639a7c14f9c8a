"""Every write through the administration says who did it; what does not is listed here."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.journal import acts, tracked
from territories.models import Deed
from tests import factories, pages

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

# The actions of lists that act at once, and the state that makes each of them write.
ACTIONS = {
    ("accounts.User", "forget_second_factor"): lambda: (
        factories.second_factor(factories.user()).user
    ),
    ("accounts.User", "end_sessions"): factories.user,
    ("territories.Invitation", "resend"): factories.invitation,
    ("territories.Invitation", "revoke"): factories.invitation,
    ("outbox.Message", "retry"): lambda: factories.message(state="failed"),
    ("outbox.Message", "drop"): factories.message,
}

TODAY = timezone.localdate()
LATER = TODAY + timedelta(days=400)


def designation(state="active"):
    return factories.designation(
        territory=factories.territory(labelled=False),
        state=state,
        reason="" if state == "active" else "Motif",
        expires_on=TODAY + timedelta(days=30),
    )


def held_wave(**fields):
    wave = factories.wave(number=3, has_embargo=True, **fields)
    factories.designation(territory=factories.territory(labelled=False), wave=wave)
    return wave


# Those that a page confirms first: the row, and what is typed there.
CONFIRMED = {
    ("territories.Territory", "publish"): (lambda: factories.territory(publication="draft"), {}),
    ("territories.Territory", "unpublish"): (factories.territory, {}),
    ("territories.Territory", "archive"): (factories.territory, {}),
    ("territories.Territory", "grant"): (
        lambda: factories.territory(labelled=False),
        {"wave": lambda: factories.wave(number=3).pk, "granted_on": f"{TODAY}"},
    ),
    ("territories.Territory", "invite"): (
        factories.territory,
        {"email": "a@exemple.test", "role": "referent", "confirmed": "1"},
    ),
    ("territories.Territory", "entrust"): (
        lambda: factories.coordinator().territory,
        {"email": "a@exemple.test", "stay": "leave", "reason": "Départ", "confirmed": "1"},
    ),
    ("territories.Organisation", "merge"): (
        factories.organisation,
        {
            "other": lambda: factories.organisation().slug,
            "keep": "other",
            "confirmed": "1",
        },
    ),
    ("territories.Designation", "suspend"): (designation, {"reason": "Motif"}),
    ("territories.Designation", "withdraw"): (designation, {"reason": "Motif"}),
    ("territories.Designation", "reinstate"): (
        lambda: designation("suspended"),
        {"reason": "Motif"},
    ),
    ("territories.Designation", "renew"): (
        designation,
        {"reason": "Motif", "expires_on": f"{LATER}"},
    ),
    ("territories.Wave", "hold"): (lambda: factories.wave(number=3), {}),
    ("territories.Wave", "announce"): (held_wave, {"at_0": f"{LATER}", "at_1": "10:00"}),
    ("territories.Wave", "cancel"): (
        lambda: held_wave(embargo_until=timezone.now() + timedelta(days=3)),
        {"reason": "Motif"},
    ),
    ("challenges.Challenge", "publish"): (lambda: factories.challenge(publication="draft"), {}),
    ("challenges.Challenge", "unpublish"): (factories.challenge, {}),
    ("challenges.Challenge", "archive"): (factories.challenge, {}),
    ("challenges.Reading", "validate"): (factories.reading, {}),
    ("challenges.Reading", "reject"): (factories.reading, {"reason": "Motif"}),
}
# Those that write nothing.
READING = {"export_chosen"}
CHECKED_APART = {"delete_selected"}  # by the deletion of a row


def signed(user):
    """How many acts the journal names this person for."""
    return acts(by=user).count()


def registered():
    return {model._meta.label: part for model, part in admin.site._registry.items()}


def test_every_action_is_listed(admin_client, rf, admin_user):
    request = rf.get("/")
    request.user = admin_user
    offered = {
        (label, name)
        for label, part in registered().items()
        for name in part.get_actions(request)
        if name not in READING | CHECKED_APART
    }

    assert offered == {*ACTIONS, *CONFIRMED}


@pytest.mark.parametrize(("label", "action"), ACTIONS, ids=lambda value: value)
def test_every_action_names_who_did_it(admin_client, admin_user, label, action):
    row = ACTIONS[label, action]()
    before = signed(admin_user)
    model = row._meta
    address = reverse(f"admin:{model.app_label}_{model.model_name}_changelist")

    admin_client.post(address, {"action": action, "_selected_action": [row.pk]})

    assert signed(admin_user) == before + 1


@pytest.mark.parametrize(("label", "action"), CONFIRMED, ids=lambda value: value)
def test_every_act_confirmed_names_who_did_it(admin_client, admin_user, label, action):
    make, typed = CONFIRMED[label, action]
    row = make()
    typed = {name: value() if callable(value) else value for name, value in typed.items()}
    model = row._meta
    address = reverse(f"admin:{model.app_label}_{model.model_name}_act", args=[action])
    before = signed(admin_user)

    answer = admin_client.post(address, {"rows": row.pk} | typed)

    assert answer.status_code == 302
    assert signed(admin_user) > before


def test_undoing_an_act_names_who_did_it(admin_client, admin_user):
    designation()
    row = designation()
    address = reverse("admin:territories_designation_act", args=["suspend"])
    admin_client.post(address, {"rows": row.pk, "reason": "Motif"})
    before = signed(admin_user)

    undo = reverse("admin:territories_designation_undo", args=[Deed.objects.get().pk])
    admin_client.post(undo)

    assert signed(admin_user) == before + 1


def test_seeing_the_space_as_somebody_names_who_did_it_twice(admin_client, admin_user):
    person = factories.coordinator().user
    before = signed(admin_user)

    page = reverse("admin:accounts_user_viewing", args=[person.pk])
    admin_client.post(page, {"reason": "Appel du matin"})
    assert signed(admin_user) == before + 1
    admin_client.post(reverse("space:stop-viewing"))

    assert signed(admin_user) == before + 2


def test_every_deletion_names_who_did_it(admin_client, admin_user, rf):
    """The rows of a whole site, from the least needed on, by the page that deletes each."""
    call_command("roles", verbosity=0)
    pages.build_site()
    request = rf.get("/")
    request.user = admin_user
    silent, deleted = [], set()
    for label, part in [*registered().items()] * 2:
        if label in {"accounts.User", *deleted} or not part.has_delete_permission(request):
            continue
        for row in part.model.objects.order_by("-pk")[:3]:
            before = signed(admin_user)
            stem = f"admin:{row._meta.app_label}_{row._meta.model_name}_delete"
            pk = row.pk
            admin_client.post(reverse(stem, args=[pk]), {"post": "yes"})
            if not part.model.objects.filter(pk=pk).exists():
                deleted.add(label)
                if signed(admin_user) == before:
                    silent.append(label)
                break

    assert silent == []
    assert {"territories.Wave", "challenges.Theme", "auth.Group"} & deleted
    assert len(deleted) >= 8


def test_no_tracked_model_is_written_behind_its_history():
    """Every model that the administration changes has a history or is told by its log."""
    told_by_log = {
        "accounts.User",
        "auth.Group",
        "challenges.Theme",
        "challenges.Audience",
        "geography.Area",
        "geography.PostalCode",
        "outbox.Message",
    }
    labels = {model._meta.label for model in tracked().values()}

    assert set(registered()) - labels == told_by_log
