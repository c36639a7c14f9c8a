"""« Voir comme »: staff see what a coordinator sees, and nothing they send is kept."""

import re
from contextlib import suppress
from datetime import timedelta

import html5lib
import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import roles
from challenges.models import ProgressReport
from space import drafts
from space.middleware import refuse_writes, viewing
from space.models import Draft, Viewing
from space.viewing import KEY
from tests import factories
from tests.conftest import SiteClient
from tests.hostile import SCRIPTS
from tests.space.test_access import EXPECTED

pytestmark = pytest.mark.django_db

STOP = "/espace/voir-comme/arreter/"
READ_ONLY = "Vous regardez l’espace de Camille Martin\u00a0: rien ne peut y être enregistré."


def page_of(user):
    return f"/admin/accounts/user/{user.pk}/voir-comme/"


@pytest.fixture
def camille(grasse):
    user = factories.user(name="Camille Martin", email="camille@exemple.test")
    return factories.coordinator(territory=grasse, user=user).user


@pytest.fixture
def alix(db):
    return factories.user(is_staff=True, is_superuser=True, name="Alix Durand")


@pytest.fixture
def looking(client_of, alix, camille):
    """The browser of Alix, of the staff, who sees the space as Camille."""
    browser = client_of(alix)
    assert browser.post(page_of(camille), {"reason": "Un appel"}).url == "/espace/"
    return browser


def rows():
    """How many there are of everything but sessions."""
    models = [model for model in apps.get_models() if model._meta.label != "sessions.Session"]
    return {model._meta.label: model._base_manager.count() for model in models}


def writes_of(captured):
    """The statements that do more than read, be it by a cursor of PostgreSQL."""
    reading = re.compile(r'(DECLARE "\w+" NO SCROLL CURSOR FOR )?\(*SELECT ')
    return [query["sql"] for query in captured if not reading.match(query["sql"])]


def told(user):
    """What admin’s log says of an account, last first."""
    found = LogEntry.objects.filter(object_id=user.pk, content_type__model="user")
    return [*found.order_by("-pk")]


def plain(response):
    """What a page shows in ``<main>``, less the keys of its forms, new at each page."""
    tree = html5lib.parse(response.text, namespaceHTMLElements=False)
    shown = html5lib.serialize(tree.find(".//main"))
    shown = re.sub(r"value=\"?[0-9a-f-]{36}\"?", "", shown)
    return re.sub(r"name=\"?csrfmiddlewaretoken\"?[^>]*", "", shown)


# What is asked before.


@pytest.mark.ignore_template_errors
def test_a_page_says_what_it_is_before(admin_client, camille, grasse):
    factories.invitation(email=camille.email, territory=factories.territory(name="Pays du Mans"))

    text = admin_client.get(page_of(camille)).text.replace("\u00a0", " ")

    for words in [
        "<strong>Camille Martin</strong> (camille@exemple.test)",
        "En lecture seule :",
        "30 minutes au plus.",
        "ni ses saisies en cours, non envoyées, ni ses codes de connexion",
        "le journal et l’historique de ce compte disent qui, quand et pourquoi",
        "Pays de Grasse",
        "Référent depuis le",
        "Pays du Mans",
        "Invitation au rôle de contributeur",
    ]:
        assert words in text, words
    assert not Viewing.objects.exists()


@pytest.mark.ignore_template_errors
@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("", "Indiquez le motif\u00a0: il reste au journal."),
        ("   ", "Indiquez le motif\u00a0: il reste au journal."),
        ("x" * 101, "au plus 100 caractères"),
        ("a\0b", "Le caractère nul n’est pas autorisé."),
    ],
)
def test_a_reason_is_asked(admin_client, camille, reason, words):
    answer = admin_client.post(page_of(camille), {"reason": reason})

    assert answer.status_code == 200
    assert 'class="errornote" id="id_reason_error"' in answer.text
    assert words in answer.text
    assert f'value="{reason}"' in answer.text or not reason.strip()
    assert not Viewing.objects.exists()
    assert admin_client.get("/espace/").context["user"].is_staff


@pytest.mark.ignore_template_errors
def test_only_the_administration(client_of, client, camille):
    call_command("roles", verbosity=0)
    for name in roles.NAMES:
        user = factories.user(is_staff=True)
        user.groups.add(Group.objects.get(name=name))
        browser, may = client_of(user), name == roles.ADMINISTRATION
        offers = "Voir l’espace comme cette personne"
        right = f"/admin/territories/coordinator/{camille.coordinations.get().pk}/change/"

        assert browser.get(page_of(camille)).status_code == (200 if may else 403)
        assert (offers in browser.get(right).text) is may
        answer = browser.post(page_of(camille), {"reason": "Aide"})
        assert answer.status_code == (302 if may else 403)
        assert (browser.get("/espace/").context["user"] == camille) is may
    client.force_login(camille)
    for browser in [client, Client()]:
        assert browser.post(page_of(camille), {"reason": "Aide"}).status_code == 302
    assert Viewing.objects.count() == 1


@pytest.mark.ignore_template_errors
def test_only_whom_the_space_is_for(admin_client, grasse, camille):
    former = factories.coordinator(until=timezone.now() - timedelta(hours=1)).user
    invited = factories.user()
    factories.invitation(email=invited.email.upper())
    declined = factories.user()
    factories.invitation(email=declined.email, answered_at=timezone.now())
    refused = [
        declined,
        factories.user(),
        factories.coordinator(user=factories.user(is_active=False)).user,
        factories.coordinator(user=factories.user(is_staff=True)).user,
        factories.coordinator(user=factories.user(is_superuser=True)).user,
    ]
    for user in [camille, former, invited, *refused]:
        may = user not in refused
        account = f"/admin/accounts/user/{user.pk}/change/"
        assert (page_of(user) in admin_client.get(account).text) is may

        assert admin_client.get(page_of(user)).status_code == (200 if may else 302)
        answer = admin_client.post(page_of(user), {"reason": "Aide"})
        assert answer.url == ("/espace/" if may else account)
        if not may:
            assert "L’espace ne se voit pas comme" in admin_client.get(account).text
    assert Viewing.objects.count() == 3
    for pk in [0, 10**12, 10**30]:
        assert admin_client.get(f"/admin/accounts/user/{pk}/voir-comme/").status_code == 404


# What is seen.


def test_a_bar_on_every_page_says_as_whom_until_when(looking, grasse):
    until = timezone.localtime(Viewing.objects.get().until)

    for path in ["/espace/", "/espace/grasse/point/", "/espace/grasse/equipe/"]:
        text = looking.get(path).text.replace("\u00a0", " ")
        assert "Vous voyez l’espace comme <strong>Camille Martin</strong>" in text
        assert "(camille@exemple.test)</span> — lecture seule" in text
        assert f"jusqu’à {until:%H h %M}." in text
        assert "<title>Vu comme Camille Martin — " in text
        assert f'action="{STOP}"' in text
    for path in ["/espace/inconnu/point/", "/espace/grasse/engagements/1/"]:
        missing = looking.get(path)
        assert missing.status_code == 404
        assert "Vous voyez l’espace comme" in missing.text


def test_a_reader_is_refused_what_a_reader_is_refused(looking, camille):
    camille.coordinations.update(role="reader")

    answer = looking.get("/espace/grasse/point/")

    assert answer.status_code == 403
    assert "Vous voyez l’espace comme" in answer.text
    assert "Vous n’avez pas le droit de voir cette page." in answer.text


@pytest.mark.parametrize("name", EXPECTED)
def test_every_page_is_theirs_and_writes_nothing(looking, client, address, camille, name):
    client.force_login(camille)
    before = rows()
    for role in ["reader", "contributor", "referent"]:
        camille.coordinations.update(role=role)
        theirs = client.get(address(name))

        with CaptureQueriesContext(connection) as captured:
            seen = looking.get(address(name))

        assert seen.status_code == theirs.status_code == EXPECTED[name][0][role]
        if seen.status_code == 200:
            assert seen.context["user"] == camille
            assert plain(seen) == plain(theirs)
        assert writes_of(captured) == []
    assert rows() == before


@pytest.mark.parametrize("name", [name for name in EXPECTED if name != "stop-viewing"])
def test_nothing_sent_is_kept(looking, address, name):
    before = rows()

    for verb in ["post", "put", "patch", "delete"]:
        with CaptureQueriesContext(connection) as captured:
            answer = getattr(looking, verb)(address(name), {"act": "nothing_new", "text": "Oui"})

        assert answer.status_code == 403
        assert READ_ONLY in answer.text
        assert writes_of(captured) == []
    assert rows() == before


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/espace/grasse/point/?a=1", "/espace/grasse/point/"),
        ("http://testserver/admin/", "/espace/"),
        ("https://intrus.test/espace/grasse/", "/espace/"),
        ("http://[", "/espace/"),
        ("", "/espace/"),
    ],
)
def test_the_refusal_leads_back(looking, referer, back):
    answer = looking.post("/espace/rappels/", {"act": "stop"}, headers={"referer": referer})

    assert f'<a class="fr-btn" href="{back}">Revenir à la page</a>' in answer.text


def test_what_is_being_typed_is_its_authors_alone(looking, camille, grasse):
    for path in ["/espace/grasse/point/habiter/", "/espace/grasse/defis/habiter/"]:
        Draft.objects.create(
            user=camille, address=path, fields={"text": "SECRET", "need": "SECRET"}
        )

    for path in ["/espace/grasse/point/", "/espace/grasse/defis/habiter/"]:
        assert "SECRET" not in looking.get(path).text
    assert Draft.objects.count() == 2


def test_what_the_staff_had_typed_waits_for_them(looking, camille, alix):
    aside = {"address": "/espace/grasse/point/habiter/", "fields": {"text": "De moi"}}
    session = looking.session
    session[drafts.KEPT] = aside
    session.save()

    for path in ["/espace/", "/espace/grasse/point/"]:
        assert looking.get(path).status_code == 200
    assert looking.session[drafts.KEPT] == aside
    assert not Draft.objects.exists()

    looking.post(STOP)
    looking.get("/espace/")
    assert Draft.objects.get().user == alix


def test_elsewhere_the_staff_are_themselves(looking, alix):
    assert alix.email in looking.get("/compte/").text
    assert looking.get("/compte/").context["user"] == alix
    public = looking.get("/territoires/")
    assert public["Cache-Control"].startswith("public")
    assert "Vous voyez l’espace comme" not in public.text


@pytest.mark.ignore_template_errors
def test_the_administration_is_still_the_staffs(looking, alix, grasse):
    assert looking.get("/admin/").context["user"] == alix
    member = factories.organisation(name="Avant")
    data = {"name": "Après", "slug": member.slug, "category": member.category}
    looking.post(f"/admin/territories/organisation/{member.pk}/change/", data)

    assert member.history.first().history_user == alix


# How it ends.


def test_it_ends_by_a_button(looking, camille, alix):
    answer = looking.post(STOP)

    assert answer.url == f"/admin/accounts/user/{camille.pk}/change/"
    assert KEY not in looking.session
    assert looking.get("/espace/").context["user"] == alix
    assert Viewing.objects.get().ended_at
    assert looking.post(STOP).url == "/espace/"
    assert looking.get(STOP).url == "/espace/"
    assert len(told(camille)) == 2


def put_back(**delta):
    """As if it had begun earlier."""
    seen = Viewing.objects.get()
    earlier = timedelta(**delta)
    seen.started_at, seen.until = seen.started_at - earlier, seen.until - earlier
    seen.save()
    return seen


@pytest.mark.parametrize("verb", ["get", "post"])
def test_it_ends_after_half_an_hour(looking, camille, alix, verb):
    put_back(minutes=29)
    assert looking.get("/espace/").context["user"] == camille
    seen = put_back(minutes=2)

    answer = getattr(looking, verb)("/espace/grasse/point/habiter/", {"act": "nothing_new"})

    assert answer.status_code == 403
    assert "les 30\u00a0minutes sont passées" in answer.text
    assert not ProgressReport.objects.exists()
    assert looking.get("/espace/").context["user"] == alix
    seen.refresh_from_db()
    assert seen.ended_at == seen.until == told(camille)[0].action_time


def test_what_is_sent_too_late_is_not_sent_as_oneself(looking, alix, grasse):
    """Staff may have a right of their own in the same territory."""
    factories.coordinator(territory=grasse, user=alix)
    put_back(minutes=31)

    answer = looking.post("/espace/grasse/point/habiter/", {"act": "nothing_new"})

    assert answer.status_code == 403
    assert not ProgressReport.objects.exists()


@pytest.mark.ignore_template_errors
def test_a_page_left_open_can_never_be_sent(alix, camille, grasse):
    factories.coordinator(territory=grasse, user=alix)
    strict = SiteClient(enforce_csrf_checks=True)
    strict.force_login(alix)

    def token(path, form):
        tree = html5lib.parse(strict.get(path).text, namespaceHTMLElements=False)
        found = tree.find(f".//form[@{form}]//input[@name='csrfmiddlewaretoken']")
        return found.get("value")

    reason = {"reason": "Aide", "csrfmiddlewaretoken": token(page_of(camille), "novalidate")}
    assert strict.post(page_of(camille), reason).url == "/espace/"
    left = token("/espace/grasse/point/", "data-draft")
    stop = token("/espace/grasse/point/", f"action='{STOP}'")
    assert strict.post(STOP, {"csrfmiddlewaretoken": stop}).status_code == 302

    sent = {"csrfmiddlewaretoken": left, "act": "nothing_new"}
    assert strict.post("/espace/grasse/point/habiter/", sent).status_code == 403

    assert not ProgressReport.objects.exists()


def lose_right(alix, camille):
    alix.is_superuser = False
    alix.save()


def leave_the_team(alix, camille):
    alix.is_staff = False
    alix.save()


def close_account(alix, camille):
    camille.is_active = False
    camille.save()


def join_the_team(alix, camille):
    camille.is_staff = True
    camille.save()


def look_elsewhere(alix, camille):
    Viewing.objects.update(ended_at=timezone.now())


@pytest.mark.parametrize(
    "change", [lose_right, leave_the_team, close_account, join_the_team, look_elsewhere]
)
def test_it_ends_when_it_may_not_be_any_more(looking, alix, camille, change):
    change(alix, camille)

    answer = looking.get("/espace/grasse/point/")

    assert answer.status_code == 403
    assert "Consultation terminée" in answer.text
    assert KEY not in looking.session
    assert Viewing.objects.get().ended_at
    assert looking.get("/espace/").context["user"] == alix


@pytest.mark.parametrize("forged", ["1", -1, 10**30, [1], {"pk": 1}, None, True, 999_999])
def test_a_session_that_names_anything_else_opens_nothing(client_of, alix, camille, forged):
    browser = client_of(alix)
    session = browser.session
    session[KEY] = forged
    session.save()

    answer = browser.get("/espace/")

    assert answer.status_code == 200
    assert answer.context["user"] == alix


def test_somebody_elses_viewing_is_nobody_elses(looking, client_of, client, camille):
    pk = Viewing.objects.get().pk
    other = factories.user(is_staff=True, is_superuser=True)
    neighbour = factories.coordinator().user
    for user in [other, neighbour]:
        browser = client_of(user)
        session = browser.session
        session[KEY] = pk
        session.save()
        assert browser.get("/espace/").context["user"] == user
        assert browser.get("/espace/grasse/point/").status_code == 404


@pytest.mark.parametrize("path", ["/compte/deconnexion/", "/compte/deconnexion-partout/"])
def test_signing_out_ends_it(looking, camille, path):
    looking.post(path)

    assert Viewing.objects.get().ended_at
    assert "déconnexion" in told(camille)[0].change_message
    assert looking.get("/espace/").status_code == 302


def test_one_at_a_time(looking, client_of, alix, camille):
    other = factories.coordinator(user=factories.user(name="Dominique")).user
    second = client_of(alix)

    second.post(page_of(other), {"reason": "Autre appel"})

    assert second.get("/espace/").context["user"] == other
    assert "Consultation terminée" in looking.get("/espace/").text
    assert "remplacée" in told(camille)[0].change_message
    assert Viewing.objects.open().get().user == other


def test_a_double_click_is_one(looking, alix, camille):
    assert looking.post(page_of(camille), {"reason": "Un appel"}).url == "/espace/"

    assert Viewing.objects.count() == len(told(camille)) == 1
    looking.post(page_of(camille), {"reason": "Un second appel"})
    assert Viewing.objects.count() == 2
    assert len(told(camille)) == 3


# Who knows of it.


@pytest.mark.ignore_template_errors
def test_the_journal_and_the_history_of_the_account_say_who_whom_when_why(looking, camille, alix):
    until = timezone.localtime(Viewing.objects.get().until)
    looking.post(STOP)

    start = (
        "Début : voit l’espace comme cette personne, en lecture seule, "
        f"jusqu’à {until:%H h %M} au plus. Motif : Un appel"
    )
    end = "Fin : ne voit plus l’espace comme cette personne (arrêtée)."
    for path in [
        "/admin/journal/",
        "/admin/journal/?q=camille",
        f"/admin/journal/?par={alix.pk}&objet=log",
        f"/admin/accounts/user/{camille.pk}/history/",
        "/admin/",
    ]:
        text = looking.get(path).text.replace("\u00a0", " ")
        assert start in text, path
        assert end in text, path
        assert "Alix Durand" in text, path
    assert looking.get("/admin/journal/").text.count("Consultation (compte)") == 2


def test_the_person_reads_when_and_why_but_not_who(looking, client, camille, alix):
    client.force_login(camille)
    assert "Elle ne l’a jamais fait." not in client.get("/compte/").text

    text = client.get("/compte/").text
    day = timezone.localtime(Viewing.objects.get().started_at)
    assert f"Le {day.day} " in text
    assert f"à {day:%H h %M}\u00a0: Un appel" in text
    assert "Alix" not in text
    assert alix.email not in text

    client.force_login(factories.coordinator().user)
    assert "Elle ne l’a jamais fait." in client.get("/compte/").text


def test_the_end_of_one_left_by_closing_the_browser_is_noted(looking, camille):
    seen = put_back(hours=3)

    for _ in range(2):
        call_command("purge_space", verbosity=0)

    assert told(camille)[0].action_time == seen.until
    assert len(told(camille)) == 2


@pytest.mark.parametrize("text", [*SCRIPTS, "\u202eenvers", "{{ user }}"])
def test_hostile_words_are_words(looking, client, camille, text):
    camille.name = text.replace("\0", "")[:150]
    camille.save()
    Viewing.objects.update(reason=text.replace("\0", "")[:100])

    for browser in [looking, client]:
        browser.get("/espace/")
    assert looking.get("/espace/").status_code == 200
    client.force_login(camille)
    for shown in [looking.get("/espace/").text, client.get("/compte/").text]:
        assert "<script>console" not in shown
        assert "<img src=" not in shown


# The second lock: under the views.


def test_a_view_that_writes_is_refused_and_staff_are_themselves_after(rf, looking, alix, camille):
    known = []

    def writing(request):
        known.append(request.user)
        drafts.keep(request.user, "/espace/", request.POST)

    request = rf.get("/espace/")
    request.user, request.session = alix, {KEY: Viewing.objects.get().pk}

    with pytest.raises(PermissionDenied):
        viewing(writing)(request)

    assert known == [camille]
    assert request.user == alix
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("sql", "passes"),
    [
        ("SELECT 1", True),
        ("(SELECT 1) UNION (SELECT 2)", True),
        ("INSERT INTO a VALUES (1)", False),
        (" update a set b = 1", False),
        ("DELETE FROM a", False),
        ("WITH x AS (DELETE FROM a RETURNING 1) SELECT 1", False),
        ("DROP TABLE a", False),
    ],
)
def test_only_reading_passes(sql, passes):
    asked = []

    def execute(*arguments):
        asked.append(arguments)

    with suppress(PermissionDenied):
        refuse_writes(execute, sql, (), False, {})
    assert bool(asked) is passes
