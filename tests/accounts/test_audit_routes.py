"""Every address that writes leaves a row in the journal, that names who; a new one is listed here.

The acts and actions of lists, and deletions, are in tests/accounts/test_audit.py.
"""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from accounts.journal import acts
from challenges.models import Audience, Reading
from space.urls import urlpatterns as space_patterns
from tests import factories
from tests.accounts.door import totp
from tests.forms import filled
from tests.site.editors import EDITS, UNCHANGEABLE
from tests.site.test_changelists import ROWS
from tests.space.test_challenge import given

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


def signed(user):
    """How many acts the journal names this person for."""
    return acts(by=user).count()


def registered():
    return {model._meta.label_lower: part for model, part in admin.site._registry.items()}


def page_of(label, verb, *args):
    return reverse(f"admin:{label.replace('.', '_')}_{verb}", args=args)


# The administration: every form that adds.

PHRASE = "une longue phrase de passe"
ADDS = {
    "accounts.user": lambda: {
        "email": "nouveau@exemple.test",
        "usable_password": "true",
        "password1": PHRASE,
        "password2": PHRASE,
    },
    "auth.group": lambda: {"name": "Autre"},
    "challenges.audience": lambda: {"name": "Tous", "slug": "tous"},
    "challenges.theme": lambda: {"name": "Habitat", "slug": "habitat"},
    "challenges.challenge": lambda: {
        "territory": factories.territory().pk,
        "carrier": factories.organisation().pk,
        "number": "1",
        "title": "Habiter",
        "slug": "habiter",
    },
    "challenges.objective": lambda: {
        "challenge": factories.challenge().pk,
        "kind": "qualitative",
        "wording": "Ouvrir",
    },
    "challenges.reading": lambda: {
        "objective": factories.objective().pk,
        "on": "01/01/2020",
        "value": "3",
        "source": "Comptage",
    },
    "challenges.progressreport": lambda: {
        "challenge": factories.challenge().pk,
        "on": "01/01/2020",
        "mood": "moving",
        "text": "Bien.",
    },
    "editorial.notice": lambda: {
        "text": "Le portail ferme samedi.",
        "starts_at_0": "01/01/2020",
        "starts_at_1": "08:00",
        "ends_at_0": "01/01/2099",
        "ends_at_1": "08:00",
    },
    "manifesto.manifesto": lambda: {"number": "7"},
    "territories.collectivemember": lambda: {
        "territory": factories.territory().pk,
        "organisation": factories.organisation().pk,
    },
    "territories.commitment": lambda: {
        "territory": factories.territory().pk,
        "pillar": factories.pillar().pk,
        "title": "Ouvrir",
        "side": "state",
    },
    "territories.coordinator": lambda: {
        "territory": factories.territory().pk,
        "user": factories.user().pk,
    },
    "territories.criterion": lambda: {
        "position": "1",
        "wording": "Coopérer",
        "source": "L’appel",
        "source_url": "https://exemple.test/",
    },
    "territories.instrument": lambda: {
        "name": "Fonds",
        "slug": "fonds",
        "nature": "fonds",
        "measure": factories.measure().pk,
    },
    "territories.invitation": lambda: {
        "territory": factories.territory().pk,
        "email": "invite@exemple.test",
    },
    "territories.measure": lambda: {
        "pillar": factories.pillar().pk,
        "position": "1",
        "wording": "Une mesure",
    },
    "territories.organisation": lambda: {"name": "Ruche", "slug": "ruche", "category": "hive"},
    "territories.pillar": lambda: {
        "position": "1",
        "title": "Financer",
        "short_title": "Financer",
        "slug": "financer",
    },
    "territories.territory": lambda: {"name": "Grasse", "slug": "grasse", "kind": "pays"},
    "territories.wave": lambda: {"number": "7"},
}


def offering(rf, user, right):
    """The models whose form somebody may send."""
    request = rf.get("/")
    request.user = user
    return {
        label
        for label, part in registered().items()
        if getattr(part, f"has_{right}_permission")(request)
    }


def test_every_form_that_adds_is_listed(rf, admin_user):
    assert offering(rf, admin_user, "add") == set(ADDS)


@pytest.mark.parametrize("label", ADDS)
def test_every_form_that_adds_names_who_did(admin_client, admin_user, label):
    typed, address = ADDS[label](), page_of(label, "add")
    form = filled(admin_client.get(address), f"{label.partition('.')[2]}_form")
    before = signed(admin_user)

    answer = admin_client.post(address, form | typed)

    assert answer.status_code == 302, answer.context["errors"]
    assert signed(admin_user) > before


# Every form that changes.


def proposal():
    challenge = factories.challenge(need="Un besoin.")
    factories.proposed_change(
        challenge=challenge, field="need", before="Un besoin.", after="Un besoin pressant."
    )
    return challenge.proposals.get()


def decided(row):
    return {"act": "decide", f"c{row.changes.get().pk}-decision": "accepted"}


CHANGES = {label: (ROWS[label], lambda row, typed=typed: typed) for label, typed in EDITS.items()}
CHANGES |= {
    "accounts.user": (factories.user, lambda row: {"name": "Camille Martin"}),
    "auth.group": (ROWS["auth.group"], lambda row: {"name": "Autre"}),
    "challenges.audience": (
        lambda: Audience.objects.create(name="Tous", slug="tous"),
        lambda row: {"name": "Chacun"},
    ),
    "challenges.theme": (factories.theme, lambda row: {"name": "Habitat"}),
    "challenges.proposal": (proposal, decided),
}
# Acts alone change them (tests/accounts/test_audit.py).
NO_FORM = UNCHANGEABLE


def test_every_form_that_changes_is_listed(rf, admin_user):
    assert offering(rf, admin_user, "change") - NO_FORM == set(CHANGES)


@pytest.mark.parametrize("label", CHANGES)
def test_every_form_that_changes_names_who_did(admin_client, admin_user, label):
    make, typed = CHANGES[label]
    row = make()
    address = page_of(label, "change", row.pk)
    page = admin_client.get(address)
    form = {} if label == "challenges.proposal" else filled(page, f"{row._meta.model_name}_form")
    before = signed(admin_user)

    answer = admin_client.post(address, form | typed(row))

    assert answer.status_code == 302
    assert signed(admin_user) > before


# Every import.

IMPORTED = {
    "challenges.challenge": None,
    "challenges.objective": None,
    "challenges.reading": ("Comptage du porteur", "Recensement"),
    "territories.commitment": None,
    "territories.organisation": None,
    "territories.territory": None,
}


def test_every_import_is_listed():
    assert {label for label, part in registered().items() if hasattr(part, "sheet")} == set(
        IMPORTED
    )


@pytest.mark.parametrize("label", IMPORTED)
def test_every_import_names_who_sent_it(admin_client, admin_user, label):
    """A row is exported, changed, then brought back as it was by its file."""
    row = ROWS[label]()
    address = page_of(label, "change", row.pk)
    export = {"columns": registered()[label].sheet().headings(), "extension": "csv"}
    content = admin_client.post(page_of(label, "export"), export).content.decode()
    if other := IMPORTED[label]:
        content = content.replace(*other)
    else:
        form = filled(admin_client.get(address), f"{row._meta.model_name}_form")
        admin_client.post(address, form | EDITS[label])
    before = signed(admin_user)

    file = SimpleUploadedFile("rangs.csv", content.encode())
    told = admin_client.post(page_of(label, "import"), {"file": file})
    assert signed(admin_user) == before
    token = told.context["token"]
    assert admin_client.post(page_of(label, "import"), {"token": token}).status_code == 302

    assert signed(admin_user) > before
    rows = Reading.history if label == "challenges.reading" else row.history
    assert rows.first().history_change_reason == "Import de rangs.csv"


# The other pages of the administration.


def submitted(user):
    challenge = factories.challenge(publication="submitted", need="Un besoin", answer="Oui")
    return page_of("challenges.challenge", "decide", challenge.pk), {"act": "publish"}


def own_password(user):
    old, new = {"old_password": PHRASE}, "une autre phrase de passe"
    user.set_password(PHRASE)
    user.save()
    return reverse("admin:password_change"), old | {"new_password1": new, "new_password2": new}


def somebodys_password(user):
    new = {"usable_password": "true", "password1": PHRASE, "password2": PHRASE}
    return reverse("admin:auth_user_password_change", args=[factories.user().pk]), new


PAGES = {
    "challenges_challenge_decide": submitted,
    "password_change": own_password,
    "auth_user_password_change": somebodys_password,
}
READING = {
    *("index", "journal", "login", "logout", "password_change_done", "jsi18n", "autocomplete"),
    *("app_list", "view_on_site", "guide"),
}
VERBS = {
    "changelist": "its actions, in test_audit.py",
    "add": "above",
    "change": "above",
    "delete": "in test_audit.py",
    "history": "reads",
    "compare": "reads",
    "import": "above",
    "export": "reads",
    "act": "in test_audit.py",
    "undo": "in test_audit.py",
    "preview": "writes nothing: tests/editorial/test_preview.py",
    "preview_new": "the same",
    "viewing": "tests/space/test_viewing.py",
}


def names(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield pattern.name
        else:
            yield from names(pattern.url_patterns)


def test_every_address_of_the_administration_is_listed():
    found = set(names(get_resolver().namespace_dict["admin"][1].url_patterns))
    stems = [label.replace(".", "_") for label in registered()]

    assert found - {f"{stem}_{verb}" for stem in stems for verb in VERBS} == {*PAGES, *READING}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_names_who_sent_its_form(client_of, name):
    user = factories.user(is_staff=True, is_superuser=True, password=PHRASE)
    address, typed = PAGES[name](user)
    client = client_of(user)
    before = signed(user)

    answer = client.post(address, typed)

    assert answer.status_code == 302, answer.context and answer.context.get("errors")
    assert signed(user) > before


# The space.

SHEET, NEW = "/espace/grasse/defis/habiter/", "/espace/grasse/nouveau-defi/"


def a_sheet(page, **typed):
    return lambda client, territory: (page, given(client, page) | typed)


def an_objective(client, territory):
    page = f"{SHEET}objectifs/{territory.challenge.goal.pk}/"
    return page, given(client, page) | {"wording": "30 logements"}


def a_pending_objective(client, territory):
    change = factories.proposed_change(challenge=territory.challenge)
    page = f"{SHEET}objectifs/proposes/{change.pk}/"
    return page, given(client, page) | {"wording": "12 ateliers"}


def a_reading(client, territory):
    reading = factories.reading(objective=territory.challenge.goal, value=121)
    typed = {"value": "12", "on": "2020-06-30", "source": "Comptage", "comment": "Faute"}
    return f"/espace/grasse/releves/habiter/{reading.pk}/", typed


def a_commitment(client, territory):
    row = factories.commitment(territory=territory, side="territory")
    page = f"/espace/grasse/engagements/{row.pk}/"
    return page, given(client, page) | {"state": "ongoing", "blocked_by": "Un décret"}


def an_answer(client, territory):
    row = factories.invitation(email=client.coordinator.user.email)
    return f"/espace/invitations/{row.pk}/", {"act": "accept"}


def another_invitation(client, territory):
    past = timezone.now() - timedelta(days=1)
    row = factories.invitation(
        email=client.coordinator.user.email,
        expires_at=past,
        invited_by=factories.user(is_staff=True, is_superuser=True),
    )
    return f"/espace/invitations/{row.pk}/redemander/", {}


def a_member(client, territory):
    row = factories.coordinator(territory=territory, role="contributor")
    return f"/espace/grasse/equipe/{row.pk}/", {"act": "role", "role": "reader"}


def an_invitation(client, territory):
    row = factories.invitation(territory=territory)
    return f"/espace/grasse/equipe/invitations/{row.pk}/", {"act": "revoke"}


SPACE = {
    "reminders": lambda client, territory: ("/espace/rappels/", {"act": "stop"}),
    "answer": an_answer,
    "ask-again": another_invitation,
    "point-one": lambda client, territory: (
        "/espace/grasse/point/habiter/",
        {"act": "nothing_new", f"on_{territory.challenge.goal.pk}": f"{date.today()}"},  # noqa: DTZ011
    ),
    "challenge": a_sheet(SHEET, need="Se loger."),
    "challenge-new": a_sheet(
        NEW, title="Manger local", carrier_name="La Cantine", carrier_category="association"
    ),
    "challenge-act": lambda client, territory: (
        f"{SHEET}suite/",
        {"act": "stage", "stage": "deployment"},
    ),
    "objective": an_objective,
    "objective-new": a_sheet(
        f"{SHEET}objectifs/nouveau/", wording="10 ateliers", kind="count", target="10", unit="a"
    ),
    "objective-pending": a_pending_objective,
    "reading": a_reading,
    "commitment": a_commitment,
    "team": lambda client, territory: (
        "/espace/grasse/equipe/",
        {"email": "a@exemple.test", "role": "contributor"},
    ),
    "member": a_member,
    "invitation": an_invitation,
}
APART = {"stop-viewing"}  # tests/space/test_viewing.py
READ = {"home", "point", "history", "readings"}  # POST is refused: tests/space/test_access.py


def test_every_address_of_the_space_is_listed():
    """A draft is what somebody types and has not sent: nobody else reads it, it changes nothing."""
    found = {pattern.name for pattern in space_patterns}

    assert {name for name in found if not name.endswith("-draft")} == {*SPACE, *READ, *APART}


@pytest.mark.parametrize("name", SPACE)
def test_every_form_of_the_space_names_who_sent_it(client, name):
    territory = factories.territory(name="Pays de Grasse", slug="grasse")
    territory.challenge = factories.challenge(territory=territory, title="Habiter", slug="habiter")
    territory.challenge.goal = factories.objective(challenge=territory.challenge)
    client.coordinator = factories.coordinator(territory=territory)
    user = client.coordinator.user
    client.force_login(user)
    address, typed = SPACE[name](client, territory)
    before = signed(user)

    answer = client.post(address, {"key": uuid4()} | typed)

    assert answer.status_code in {200, 302}
    assert signed(user) > before


# Accounts.

DOOR = {
    "account_login": "opens a session; the account keeps when",
    "account_request_login_code": "asks for a code",
    "account_confirm_login_code": "opens a session",
    "account_logout": "ends one’s own session",
    "mfa_authenticate": "opens a session",
    "mfa_reauthenticate": "says again who one is",
    "proconnect": "leads to the provider",
}
READ_ACCOUNTS = {"home", "signed-out", "proconnect-return", "mfa_index", "account_signup"} | {
    "account_inactive",
    "mfa_view_recovery_codes",
}
ACCOUNTS = {
    "sign-out-everywhere": "accounts:sign-out-everywhere",
    "mfa_activate_totp": "mfa_activate_totp",
    "mfa_deactivate_totp": "mfa_deactivate_totp",
    "mfa_generate_recovery_codes": "mfa_generate_recovery_codes",
}


def test_every_address_of_accounts_is_listed():
    from accounts.urls import urlpatterns

    assert set(names(urlpatterns)) == {*DOOR, *READ_ACCOUNTS, *ACCOUNTS}


@pytest.mark.parametrize("name", ACCOUNTS)
def test_every_form_of_accounts_names_who_sent_it(client, name):
    user = factories.user()
    client.force_login(user)
    typed = {}
    if name == "mfa_activate_totp":
        page = client.get(reverse(ACCOUNTS[name]))
        typed = {"code": totp(page.context["form"].secret)}
    else:
        factories.second_factor(user)
        client.post(reverse("mfa_reauthenticate"), {"code": totp()})
    before = signed(user)

    answer = client.post(reverse(ACCOUNTS[name]), typed)

    assert answer.status_code == 302
    assert signed(user) == before + 1


# Everywhere else, nothing is written.

KWARGS = {"int": 1, "slug": "x", "str": "x", "path": "x"}


def paths(resolver, place=""):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{place}{pattern.pattern}"
        elif getattr(pattern, "namespace", None) != "admin":
            yield from paths(pattern, f"{place}{pattern.pattern}")


def sample(path):
    """An address of a pattern: ``<int:pk>`` is 1."""
    parts = path.replace("<", "|<").replace(">", ">|").split("|")
    found = [
        str(KWARGS.get(part[1:-1].partition(":")[0], "x")) if part.startswith("<") else part
        for part in parts
    ]
    return "/" + "".join(found)


def test_no_form_is_taken_by_any_other_address(client):
    own = ("espace/", "compte/", "admin/")
    others = [path for path in paths(get_resolver()) if not path.startswith(own)]
    assert len(others) > 20

    taken = {path: client.post(sample(path)).status_code for path in others}

    assert {path: status for path, status in taken.items() if status not in {404, 405}} == {}
