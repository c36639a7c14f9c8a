"""Every role × every address and every action of the administration; an unlisted one fails."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts import roles
from challenges.models import Proposal
from territories.admin.tracked import TrackedAdmin
from territories.models import Deed
from tests import factories, pages

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

ADMINISTRATION, EDITING, REVIEW, OBSERVATION = roles.NAMES
EVERY = set(roles.NAMES)
WRITERS = {ADMINISTRATION, EDITING}
ALONE = {ADMINISTRATION}
NOBODY = set()

# Who reads, adds, changes, deletes.
CONTENT = (EVERY, WRITERS, WRITERS, WRITERS)
KEPT = (EVERY, WRITERS, WRITERS, NOBODY)
OFFICIAL = (EVERY, NOBODY, NOBODY, NOBODY)
LABEL = (EVERY, ALONE, ALONE, ALONE)
MODELS = {
    "accounts.User": (ALONE, ALONE, ALONE, ALONE),
    "auth.Group": (NOBODY, NOBODY, NOBODY, NOBODY),
    "geography.Area": OFFICIAL,
    "geography.PostalCode": OFFICIAL,
    "territories.CollectiveMember": CONTENT,
    "territories.Organisation": CONTENT,
    "territories.Wave": LABEL,
    "territories.Criterion": CONTENT,
    "territories.Territory": CONTENT,
    "territories.Designation": (EVERY, NOBODY, ALONE, ALONE),
    "territories.Pillar": CONTENT,
    "territories.Measure": CONTENT,
    "territories.Instrument": CONTENT,
    "territories.Commitment": CONTENT,
    "territories.Coordinator": ({ADMINISTRATION, OBSERVATION}, ALONE, ALONE, NOBODY),
    "territories.Invitation": ({ADMINISTRATION, OBSERVATION}, ALONE, NOBODY, NOBODY),
    "challenges.Proposal": (EVERY, NOBODY, WRITERS, NOBODY),
    "challenges.Theme": CONTENT,
    "challenges.Audience": CONTENT,
    "challenges.Challenge": CONTENT,
    "challenges.Objective": CONTENT,
    "challenges.Reading": KEPT,
    "challenges.ProgressReport": CONTENT,
    "manifesto.Manifesto": CONTENT,
    "editorial.Passage": (EVERY, NOBODY, WRITERS, NOBODY),
    "editorial.Notice": CONTENT,
    "outbox.Message": (ALONE, NOBODY, NOBODY, NOBODY),
}
PUBLICATION = {"publish": WRITERS, "unpublish": WRITERS, "archive": WRITERS}
EXPORT = {"export_chosen": EVERY}
ACTIONS = {
    "accounts.User": {"forget_second_factor": ALONE, "end_sessions": ALONE},
    "territories.Territory": PUBLICATION
    | EXPORT
    | {"grant": ALONE, "invite": ALONE, "entrust": ALONE},
    "territories.Wave": {"hold": ALONE, "announce": ALONE, "cancel": ALONE},
    "territories.Designation": {
        "suspend": ALONE,
        "reinstate": ALONE,
        "withdraw": ALONE,
        "renew": ALONE,
    },
    "territories.Organisation": EXPORT | {"merge": WRITERS},
    "territories.Commitment": EXPORT,
    "territories.Invitation": {"resend": ALONE, "revoke": ALONE},
    "challenges.Challenge": PUBLICATION | EXPORT,
    "challenges.Objective": EXPORT,
    "challenges.Reading": EXPORT | {"validate": WRITERS, "reject": WRITERS},
    "outbox.Message": {"retry": ALONE, "drop": ALONE},
}
# The sheets of a list: who sends one, who gets one.
SHEETS = [label for label, actions in ACTIONS.items() if "export_chosen" in actions]
# The pages that confirm an act of a list; each act has its right, as its action.
CONFIRMED = [
    "territories.Organisation",
    "territories.Territory",
    "territories.Wave",
    "territories.Designation",
    "challenges.Challenge",
    "challenges.Reading",
]
# The forms that show what they would publish: to whoever may save them.
PREVIEWED = [
    "territories.Pillar",
    "territories.Measure",
    "territories.Instrument",
    "editorial.Passage",
    "editorial.Notice",
]
# The addresses beside the five of every model: who opens them.
PAGES = {
    "index": EVERY,
    "journal": {ADMINISTRATION, OBSERVATION},
    "guide": EVERY,
    "password_change": EVERY,
    "password_change_done": EVERY,
    "app_list": EVERY,
    "auth_user_password_change": ALONE,
    "accounts_user_viewing": ALONE,
    "challenges_challenge_decide": WRITERS,
}
LEFT_OUT = {
    "login": "the door, for everybody",
    "logout": "the way out",
    "jsi18n": "words of the scripts",
    "autocomplete": "asks the right to see the model, checked by Django",
    "view_on_site": "leads to a public page",
}
VERBS = ["changelist", "add", "change", "delete", "history"]


@pytest.fixture
def site_and_staff(db, client_of):
    """A row of every model, and a browser for each role."""
    call_command("roles", verbosity=0)
    pages.build_site()
    factories.coordinator()
    factories.invitation()
    factories.message()
    factories.passage()
    factories.notice()
    Group.objects.get_or_create(name="Autre")
    Proposal.objects.get_or_create(
        challenge=factories.challenge(), defaults={"author": factories.user()}
    )
    browsers = {}
    for name in roles.NAMES:
        user = factories.user(is_staff=True)
        user.groups.add(Group.objects.get(name=name))
        browsers[name] = client_of(user)
        browsers[name].user = user
    return browsers


def models():
    return {model._meta.label: (model, part) for model, part in admin.site._registry.items()}


def names(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield pattern.name


def test_every_address_is_listed():
    expected = set(PAGES) | set(LEFT_OUT)
    for model, _ in models().values():
        stem = f"{model._meta.app_label}_{model._meta.model_name}"
        expected |= {f"{stem}_{verb}" for verb in VERBS}
        if isinstance(admin.site._registry[model], TrackedAdmin):
            expected.add(f"{stem}_compare")
        if model._meta.label in SHEETS:
            expected |= {f"{stem}_import", f"{stem}_export"}
        if model._meta.label in CONFIRMED:
            expected |= {f"{stem}_act", f"{stem}_undo"}
        if model._meta.label in PREVIEWED:
            expected |= {f"{stem}_preview", f"{stem}_preview_new"}

    namespaces = get_resolver().namespace_dict
    assert set(names(namespaces["admin"][1].url_patterns)) == expected
    assert set(models()) == set(MODELS)


def test_every_role_at_every_address_of_every_model(site_and_staff):
    wrong = []
    for label, (model, _) in models().items():
        reads, adds, changes, deletes = MODELS[label]
        row = model._default_manager.order_by("pk").first()
        stem = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        allowed = dict(zip(VERBS, [reads, adds, reads, deletes, reads], strict=True))
        for verb, who in allowed.items():
            if verb in {"changelist", "add"}:
                address = reverse(f"{stem}_{verb}")
            elif row is None:
                continue
            else:
                address = reverse(f"{stem}_{verb}", args=[row.pk])
            for role, browser in site_and_staff.items():
                status = browser.get(address).status_code
                if status != (200 if role in who else 403):
                    wrong.append((role, address, status))
        request = RequestFactory().get("/")
        for role, browser in site_and_staff.items():
            request.user = browser.user
            if models()[label][1].has_change_permission(request, row) != (role in changes):
                wrong.append((role, label, "change"))
    assert not wrong, "\n".join(map(str, wrong))


def test_every_role_and_the_versions_of_every_model(site_and_staff):
    """Who reads a row compares its versions; only who changes it takes one up."""
    wrong = []
    for label, (model, part) in models().items():
        if not isinstance(part, TrackedAdmin):
            continue
        reads, _, changes, _ = MODELS[label]
        row = model._default_manager.order_by("pk").first()
        row.save()
        stem = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        version = row.history.first().pk
        compare = f"{reverse(f'{stem}_compare', args=[row.pk])}?de={version}&a=aujourdhui"
        take_up = f"{reverse(f'{stem}_change', args=[row.pk])}?version={version}"
        for address, who in [(compare, reads), (take_up, changes)]:
            for role, browser in site_and_staff.items():
                status = browser.get(address).status_code
                if status != (200 if role in who else 403):
                    wrong.append((role, address, status))
    assert not wrong, "\n".join(map(str, wrong))


def test_every_row_exists_but_what_no_page_names(site_and_staff):
    without = {label for label, (model, _) in models().items() if not model.objects.exists()}

    assert without == {"geography.PostalCode"}


def test_every_role_and_every_action(site_and_staff):
    wrong = []
    for label, (_, part) in models().items():
        deletes = MODELS[label][3]
        for role, browser in site_and_staff.items():
            request = RequestFactory().get("/")
            request.user = browser.user
            expected = {name for name, who in ACTIONS.get(label, {}).items() if role in who}
            if role in deletes:
                expected.add("delete_selected")
            offered = set(part.get_actions(request))
            if offered != expected:
                wrong.append((role, label, offered))
    assert not wrong, "\n".join(map(str, wrong))


def test_every_role_at_the_sheets_of_a_list(site_and_staff):
    wrong = []
    for label in SHEETS:
        model, _ = models()[label]
        stem = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for verb, who in [("export", EVERY), ("import", WRITERS)]:
            for role, browser in site_and_staff.items():
                status = browser.get(reverse(f"{stem}_{verb}")).status_code
                if status != (200 if role in who else 403):
                    wrong.append((role, label, verb, status))
    assert not wrong, "\n".join(map(str, wrong))


def test_every_role_and_the_page_that_confirms_each_act(site_and_staff):
    wrong = []
    for label in CONFIRMED:
        model, part = models()[label]
        row = model.objects.order_by("pk").first()
        for act in part.acts:
            address = f"{part.act_address(act)}?rows={row.pk}"
            for role, browser in site_and_staff.items():
                status = browser.get(address).status_code
                if status != (200 if role in ACTIONS[label][act.name] else 403):
                    wrong.append((role, label, act.name, status))
    assert not wrong, "\n".join(map(str, wrong))


def test_every_role_and_the_undoing_of_each_act(site_and_staff):
    """Somebody else’s deed is nobody’s; one’s own, of an act that one may not do any more."""
    wrong = []
    stranger = factories.user()
    for label in CONFIRMED:
        model, part = models()[label]
        about = ContentType.objects.get_for_model(model)
        for act in part.acts:
            for role, browser in site_and_staff.items():
                own = 404 if act.way_back else 302 if role in ACTIONS[label][act.name] else 403
                for by, expected in [(stranger, 404), (browser.user, own)]:
                    deed = Deed.objects.create(by=by, about=about, name=act.name, told="")
                    stem = f"admin:{model._meta.app_label}_{model._meta.model_name}_undo"
                    address = reverse(stem, args=[deed.pk])
                    if browser.get(address).status_code != 405:
                        wrong.append((role, label, act.name, "get"))
                    status = browser.post(address).status_code
                    if status != expected:
                        wrong.append((role, label, act.name, by, status))
    assert not wrong, "\n".join(map(str, wrong))


def test_every_role_and_the_preview_of_each_form(site_and_staff):
    """Of an empty form: whoever may save it reads what to mend, the others nothing."""
    wrong = []
    for label in PREVIEWED:
        model, _ = models()[label]
        _, adds, changes, _ = MODELS[label]
        row = model.objects.order_by("pk").first()
        stem = f"admin:{model._meta.app_label}_{model._meta.model_name}_preview"
        for who, address in [
            (changes, reverse(stem, args=[row.pk])),
            (adds, reverse(f"{stem}_new")),
        ]:
            for role, browser in site_and_staff.items():
                if browser.get(address).status_code != 405:
                    wrong.append((role, label, "get"))
                status = browser.post(address).status_code
                if status != (200 if role in who else 403):
                    wrong.append((role, address, status))
    assert not wrong, "\n".join(map(str, wrong))


def test_every_role_at_the_pages_beside(site_and_staff):
    challenge = factories.challenge(publication="submitted")
    account = factories.user()
    arguments = {
        "app_list": ["territories"],
        "auth_user_password_change": [account.pk],
        "accounts_user_viewing": [factories.coordinator().user_id],
        "challenges_challenge_decide": [challenge.pk],
    }
    wrong = []
    for name, who in PAGES.items():
        address = reverse(f"admin:{name}", args=arguments.get(name))
        for role, browser in site_and_staff.items():
            status = browser.get(address).status_code
            if status != (200 if role in who else 403):
                wrong.append((role, address, status))
    assert not wrong, "\n".join(map(str, wrong))


def test_a_secret_message_is_never_read(site_and_staff, settings):
    settings.DEBUG = False
    message = factories.message(text="Votre code : 123456", secret=True)

    page = site_and_staff[ADMINISTRATION].get(f"/admin/outbox/message/{message.pk}/change/")

    assert "Confidentiel" in page.text
    assert "123456" not in page.text


def test_the_command_takes_back_what_was_added_by_hand(db):
    call_command("roles", verbosity=0)
    group = Group.objects.get(name=OBSERVATION)
    before = set(group.permissions.all())
    group.permissions.add(*Group.objects.get(name=ADMINISTRATION).permissions.all())

    assert roles.set_roles() == [OBSERVATION]
    assert set(group.permissions.all()) == before
    assert roles.set_roles() == []


def test_the_administration_gives_a_role(site_and_staff):
    account = factories.user()
    group = Group.objects.get(name=EDITING)
    data = {"email": account.email, "name": "", "is_active": "on", "role": group.pk}
    browser = site_and_staff[ADMINISTRATION]

    assert browser.post(f"/admin/accounts/user/{account.pk}/change/", data).status_code == 302

    account.refresh_from_db()
    assert account.is_staff
    assert not account.is_superuser
    assert [*account.groups.all()] == [group]
    browser.post(f"/admin/accounts/user/{account.pk}/change/", data | {"role": ""})
    account.refresh_from_db()
    assert not account.is_staff
    assert not account.groups.exists()


def test_staff_without_a_role_stay_so_until_their_rights_change(site_and_staff, client_of):
    account = factories.user(is_staff=True)
    address = f"/admin/accounts/user/{account.pk}/change/"
    data = {"email": account.email, "is_active": "on", "role": ""}
    chief = client_of(factories.user(is_staff=True, is_superuser=True))

    assert chief.post(address, data | {"name": "Camille"}).status_code == 302
    account.refresh_from_db()
    assert (account.name, account.is_staff) == ("Camille", True)

    chief.post(address, data | {"is_superuser": "on"})
    chief.post(address, data)
    account.refresh_from_db()
    assert (account.is_superuser, account.is_staff) == (False, False)


def test_a_new_superuser_comes_in(site_and_staff, client_of):
    account = factories.user()
    data = {"email": account.email, "is_active": "on", "role": "", "is_superuser": "on"}
    chief = client_of(factories.user(is_staff=True, is_superuser=True))

    chief.post(f"/admin/accounts/user/{account.pk}/change/", data)

    account.refresh_from_db()
    assert (account.is_superuser, account.is_staff) == (True, True)


def test_nobody_changes_their_own_role_nor_becomes_a_superuser(site_and_staff):
    browser = site_and_staff[ADMINISTRATION]
    me = browser.user
    other = Group.objects.get(name=EDITING)
    data = {"email": me.email, "is_active": "on", "role": other.pk, "is_superuser": "on"}

    assert browser.post(f"/admin/accounts/user/{me.pk}/change/", data).status_code == 302

    me.refresh_from_db()
    assert [group.name for group in me.groups.all()] == [ADMINISTRATION]
    assert me.is_staff
    assert not me.is_superuser


def test_a_superuser_is_out_of_reach(site_and_staff):
    chief = factories.user(is_staff=True, is_superuser=True)
    factories.second_factor(chief)
    chosen = {"action": "forget_second_factor", "_selected_action": [chief.pk]}

    site_and_staff[ADMINISTRATION].post("/admin/accounts/user/", chosen)

    assert chief.authenticator_set.exists()
