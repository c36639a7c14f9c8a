"""``rgpd_erase``: a person who is everywhere is nowhere any more."""

from collections import Counter
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from challenges.models import Challenge, ProgressReport, Proposal, Reading
from frenchimpact.personal.erase import erase
from frenchimpact.personal.inventory import (
    ADDRESS as IN_PATH,
)
from frenchimpact.personal.inventory import (
    DERIVED,
    IDENTITY,
    PUBLIC,
    TEXTS,
    columns,
    every_model,
    is_history,
)
from frenchimpact.personal.words import ERASED
from outbox.actions import enqueue
from outbox.models import Message
from search.models import Entry, Word
from space.models import Draft
from territories.models import Coordinator, Invitation
from tests import factories
from tests.personal import everywhere
from tests.personal.everywhere import ADDRESS, NAME, places

pytestmark = pytest.mark.django_db
NEED = ("challenges_challenge", "need")


def named(*kinds, histories=None):
    """The (table, column) pairs of these kinds; of histories only, or of none."""
    return {
        (model._meta.db_table, field.column)
        for model in every_model()
        if histories in (None, is_history(model))
        for field in columns(model, *kinds)
    }


@pytest.fixture
def person():
    return everywhere.build()


def run(*options):
    call_command("rgpd_erase", ADDRESS, "--yes", *options)


def everything():
    """Every row of the database, by table: what a dry run may not change."""
    return Counter(everywhere.columns_with_text())


def test_the_person_is_in_every_place_first(person):
    """Else the tests below would prove nothing of a column that came since."""
    # The need was changed since: only its history has the person.
    assert named(IDENTITY, *TEXTS) - places() == {NEED}


def test_nothing_is_left_but_what_the_public_reads(person):
    run("--name", NAME)

    public = named(PUBLIC, IN_PATH, histories=False)
    assert places() - public <= named(DERIVED)
    assert public - places() == {NEED}


def test_nothing_at_all_is_left_with_current(person):
    run("--name", NAME, "--current")

    assert places() == set()
    assert not Word.objects.filter(text__in=["helene", "oneil"]).exists()
    assert Entry.objects.filter(title__contains=ERASED).exists()
    challenge = Challenge.objects.get(title__contains=ERASED)
    assert challenge.slug == f"efface-{challenge.pk}"
    assert ERASED in challenge.answer_html
    assert challenge.website == ""
    last = challenge.history.first()
    assert last.history_change_reason == "Données personnelles effacées"
    assert last.history_user is None


def test_the_account_is_nobodys_and_its_acts_stay(person, client_of):
    browser = client_of(person)
    reading, report = Reading.objects.get(), ProgressReport.objects.get()
    epoch = person.session_epoch
    run("--name", NAME)

    person.refresh_from_db()
    assert str(person) == person.email == f"efface-{person.pk}@compte.invalid"
    assert (person.name, person.last_login) == ("", None)
    opened = [person.is_active, person.is_staff, person.is_superuser, person.has_usable_password()]
    assert opened == [False] * 4
    kept = [person.groups, person.user_permissions, person.authenticator_set]
    assert [rows.count() for rows in kept] == [0, 0, 0]
    assert person.session_epoch == epoch + 1
    assert browser.get("/espace/").status_code == 302
    assert not Session.objects.exists()
    assert Reading.objects.get(pk=reading.pk).by == person
    assert ProgressReport.objects.get(pk=report.pk).by == person
    assert Proposal.objects.get(author=person).history.count()
    right = Coordinator.objects.get(user=person)
    assert right.until <= timezone.now()
    assert not Draft.objects.filter(user=person).exists()
    assert Draft.objects.count() == 1


def test_invitations_and_mails(person):
    run()

    invitation = Invitation.objects.get(email=f"efface-{person.pk}@compte.invalid")
    assert invitation.revoked_at
    message = Message.objects.get(key="une-fois")
    assert (message.to, message.state) == (invitation.email, "dropped")
    assert (message.subject, message.text, message.error) == (ERASED, "", "")
    enqueue(key="une-fois", to=ADDRESS, subject="Encore", text="Encore")
    assert not Message.objects.filter(to=ADDRESS).exists()


def test_it_is_told_once_in_the_journal_without_a_name(person, admin_client):
    run("--name", NAME)

    trace = LogEntry.objects.get(change_message="Données personnelles effacées")
    assert str(trace.user) == "Le portail"
    assert (trace.object_id, trace.object_repr) == (str(person.pk), ERASED)
    assert not trace.user.is_active
    page = admin_client.get("/admin/journal/", {"q": "données personnelles"}).content.decode()
    assert "Le portail" in page


def test_again_finds_nothing(person, capsys):
    run("--name", NAME, "--current")
    before = everything()
    capsys.readouterr()
    run("--name", NAME, "--current")

    assert "Rien à effacer" in capsys.readouterr().out
    assert everything() == before


def test_a_dry_run_tells_and_writes_nothing(person, capsys):
    before = everything()
    call_command("rgpd_erase", ADDRESS, "--name", NAME, "--dry-run")

    told = capsys.readouterr().out
    assert "  Comptes\u00a0: 1\n" in told
    assert "  Défis, historique\u00a0: 3\n" in told
    assert "--current" in told
    assert "  Territoires\u00a0: 1\n" in told
    assert "C’est fait" not in told
    assert everything() == before


@pytest.mark.parametrize(("answer", "is_done"), [("non", False), ("", False), ("oui", True)])
def test_it_asks_first(person, monkeypatch, answer, is_done):
    monkeypatch.setattr("builtins.input", lambda _: answer)
    if is_done:
        call_command("rgpd_erase", ADDRESS)
    else:
        with pytest.raises(CommandError, match="Rien n’est effacé"):
            call_command("rgpd_erase", ADDRESS)
    assert User.objects.filter(email=ADDRESS).exists() is not is_done


def test_a_version_put_back_does_not_bring_the_words_back(person, client_of):
    challenge = Challenge.objects.get(need="Rien.")
    version = challenge.history.exclude(need="Rien.").latest("history_id")
    run("--name", NAME)

    version.refresh_from_db()
    assert ERASED in version.need
    restored = version.instance
    restored.save()
    assert everywhere.NEEDLE not in everywhere.bare(restored.need)


def test_who_was_typing_or_signing_in_is_forgotten(person, client):
    session = client.session
    session["account_login_code"] = {"email": ADDRESS}
    session.save()
    stranger = type(client)().session
    stranger["account_login_code"] = {"email": f"anne-{ADDRESS}"}
    stranger.save()
    run()

    assert [one.session_key for one in Session.objects.all()] == [stranger.session_key]


def test_the_cache_is_emptied_once_it_is_sure(person, django_capture_on_commit_callbacks):
    cache.set("fichier", "…")
    with django_capture_on_commit_callbacks(execute=True):
        call_command("rgpd_erase", ADDRESS, "--dry-run")
    assert cache.get("fichier")
    with django_capture_on_commit_callbacks(execute=True):
        run()
    assert cache.get("fichier") is None


def test_the_name_of_the_account_is_kept_in_texts_unless_given(person, capsys):
    """It may be that of an institution; what the site tells of acts loses it."""
    run()
    assert "--name" in capsys.readouterr().out
    versions = Challenge.history.exclude(answer="")
    assert all("[effacé]" in version.answer for version in versions)  # the address
    assert any("o&#x27;neil" in version.answer for version in versions)
    reasons = {version.history_change_reason for version in versions}
    assert not any("neil" in (reason or "") for reason in reasons)


class TestTheLastOne:
    def test_of_a_territory(self, capsys):
        right = factories.coordinator(user=factories.user(email=ADDRESS))
        factories.coordinator(territory=right.territory, role="contributor")
        with pytest.raises(CommandError, match="--force"):
            run()
        assert f"{right.territory} n’aurait plus de référent" in capsys.readouterr().err
        run("--force")
        right.refresh_from_db()
        assert right.until
        assert not right.user.is_active

    def test_of_the_superusers(self, admin_user, capsys):
        User.objects.filter(pk=admin_user.pk).update(email=ADDRESS)
        with pytest.raises(CommandError):
            run()
        assert "dernier superutilisateur" in capsys.readouterr().err
        factories.user(is_superuser=True, is_staff=True)
        run()
        assert not User.objects.get(pk=admin_user.pk).is_superuser

    def test_a_right_to_come_never_starts(self):
        right = factories.coordinator(
            user=factories.user(email=ADDRESS), since=timezone.now() + timedelta(days=3)
        )
        run()
        right.refresh_from_db()
        assert right.until == right.since


@pytest.mark.parametrize("name", ["Léa", "a b", "%__%", "…"])
def test_a_short_name_is_refused(name):
    with pytest.raises(CommandError, match="trop court"):
        call_command("rgpd_erase", ADDRESS, "--name", name, "--yes")


@pytest.mark.parametrize("address", ["", "pas une adresse", "%", "efface-3@compte.invalid"])
def test_a_bad_address_is_refused(address):
    with pytest.raises(CommandError):
        call_command("rgpd_erase", address, "--yes")


def test_an_address_without_account(capsys):
    """Somebody typed it on the sign-in page, or it is the former one of an account."""
    factories.message(to=ADDRESS.upper())
    factories.message(to="autre@exemple.test")
    run()
    assert "Messages\u00a0: 1" in capsys.readouterr().out
    assert {*Message.objects.values_list("to", flat=True)} == {
        "efface@compte.invalid",
        "autre@exemple.test",
    }
    run()
    assert "Rien à effacer" in capsys.readouterr().out


def test_two_addresses_of_pages_never_clash():
    rows = [factories.organisation(slug=slug) for slug in ["lise-martin", "lise_martin"]]
    factories.theme(name="Lise Martin", slug="a")
    factories.theme(name="lise martin", slug="b")
    erase(address=ADDRESS, names=["Lise Martin"], current=True)
    for row in rows:
        row.refresh_from_db()
    assert [row.slug for row in rows] == ["efface", "efface-2"]
    assert {*type(factories.theme()).objects.values_list("name", flat=True)} >= {
        "[effacé]",
        "[effacé]-2",
    }


def test_a_short_name_of_an_account_is_told_and_leaves_the_logs_about_it(capsys, admin_user):
    user = factories.user(email=ADDRESS, name="Léa")
    about = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(
        user=admin_user, content_type=about, object_id=user.pk, object_repr="Léa", action_flag=2
    )
    run()
    assert "«\u00a0Léa\u00a0», est trop court" in capsys.readouterr().out
    assert not LogEntry.objects.filter(object_repr="Léa").exists()


def test_nobody_else_is_touched():
    factories.coordinator(user=factories.user(email=f"anne-{ADDRESS}", name="Anne O’Neil"))
    factories.message(to=f"anne-{ADDRESS}", text=f"anne-{ADDRESS}, Hélène O’Neill")
    factories.territory(presentation="Hélène O’Neill, Marie Hélène.")
    before = everything()
    run("--name", NAME, "--current")
    assert everything() == before
