"""Undoing an act: what goes back, what is left, who may and until when; the button in admin."""

from datetime import date, timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from challenges import validation
from challenges.models import Challenge, Reading
from territories import label, publication, undo
from territories.acts import ActError, noted
from territories.models import Deed, Designation, Territory, Wave
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

ADMIN = "/admin/territories"
TODAY = timezone.localdate()


@pytest.fixture
def staff(db):
    return factories.user(is_staff=True, is_superuser=True)


@pytest.fixture
def clock(monkeypatch):
    """``clock(minutes=3)``: so much later than now."""
    now = timezone.now()

    def advance(**delta):
        monkeypatch.setattr(timezone, "now", lambda: now + timedelta(**delta))
        return timezone.now()

    return advance


@pytest.fixture
def done(staff):
    """``done(act, …)``: the deed that admin would keep of an act of this person."""

    def keep(act, **given):
        with noted() as writes:
            act(by=staff, **given)
        about = ContentType.objects.get_for_model(Territory)
        return undo.keep(by=staff, about=about, name="act", told="1 essai", writes=writes)

    return keep


def fields(row):
    """What the history of a row says of it now."""
    last = row.history.first()
    return {
        field.attname: getattr(last, field.attname)
        for field in last.tracked_fields
        if field.name != "updated_at"
    }


def designation(**more):
    return factories.designation(**{"expires_on": TODAY + timedelta(days=30)} | more)


def suspended():
    return designation(state="suspended", reason="Bilan en retard")


READY = {
    "suspend": (designation, label.suspend, {"reason": "Erreur"}),
    "withdraw": (designation, label.withdraw, {"reason": "Erreur"}),
    "reinstate": (suspended, label.reinstate, {"reason": "Erreur"}),
    "renew": (
        designation,
        label.renew,
        {"reason": "Erreur", "expires_on": TODAY + timedelta(days=900)},
    ),
}


@pytest.mark.parametrize("name", READY)
def test_an_act_on_labels_is_undone_and_says_so(staff, done, name):
    make, act, given = READY[name]
    row, other = make(), make()
    before = fields(row), fields(other)
    deed = done(act, designations=Designation.objects.all(), **given)
    assert fields(row) != before[0]

    answer = undo.undo(deed=deed, by=staff)

    assert (fields(row), fields(other)) == before
    assert answer.answer == "2 lignes sont redevenues comme avant."
    last = row.history.first()
    assert last.history_user == staff
    assert last.history_change_reason == "Annulation\u00a0: 1 essai"
    row.refresh_from_db()
    assert row.state == before[0]["state"]


def test_labels_granted_are_taken_back_with_the_embargo_they_began(staff, done):
    wave = factories.wave(3)
    territory = factories.territory(labelled=False)
    deed = done(
        label.grant,
        territories=Territory.objects.all(),
        wave=wave,
        granted_on=TODAY,
        has_embargo=True,
    )

    undo.undo(deed=deed, by=staff)

    assert not Designation.objects.exists()
    assert not Wave.objects.get().has_embargo
    gone = Designation.history.first()
    assert (gone.history_type, gone.territory, gone.history_user) == ("-", territory, staff)


def test_an_announcement_goes_back_to_the_embargo_and_the_drafts(staff, done):
    draft = factories.territory(labelled=False, publication="draft")
    wave = factories.wave(3)
    label.grant(
        territories=Territory.objects.all(),
        wave=wave,
        granted_on=TODAY,
        has_embargo=True,
        by=staff,
    )
    deed = done(label.announce, wave=wave, at=timezone.now())
    assert draft in Territory.objects.public()

    undo.undo(deed=deed, by=staff)

    wave.refresh_from_db()
    draft.refresh_from_db()
    assert (wave.is_secret(), wave.embargo_until, wave.announced_on) == (True, None, None)
    assert draft.publication == "draft"


@pytest.mark.parametrize("model", [Territory, Challenge])
@pytest.mark.parametrize(("before", "after"), [("draft", "published"), ("published", "draft")])
def test_publishing_is_undone(staff, done, model, before, after):
    row = {Territory: factories.territory, Challenge: factories.challenge}[model](
        publication=before
    )
    deed = done(publication.change, rows=model.objects.filter(pk=row.pk), publication=after)

    undo.undo(deed=deed, by=staff)

    row.refresh_from_db()
    assert row.publication == before


def test_readings_are_given_their_state_back(staff, done):
    old = factories.reading(state="validated")
    new = factories.reading(objective=old.objective, supersedes=old)
    deed = done(validation.reject, readings=Reading.objects.filter(pk=new.pk), reason="Erreur")
    assert old.current() == old

    undo.undo(deed=deed, by=staff)

    assert old.current() == new
    assert Reading.objects.get(pk=new.pk).state == "declared"


# What is left.


def test_a_row_that_somebody_changed_since_is_left_and_told(staff, done):
    changed, same = designation(), designation()
    other = factories.user(name="Camille Roux")
    deed = done(label.suspend, designations=Designation.objects.all(), reason="Erreur")
    label.withdraw(
        designations=Designation.objects.filter(pk=changed.pk), reason="Fusion", by=other
    )

    answer = undo.undo(deed=deed, by=staff).answer.split("\n")

    assert answer == [
        "1 ligne est redevenue comme avant.",
        f"{changed}\u00a0: modifiée depuis par Camille Roux, laissée telle quelle.",
    ]
    states = dict(Designation.objects.values_list("pk", "state"))
    assert states == {changed.pk: "withdrawn", same.pk: "active"}


def test_a_row_deleted_since_and_a_row_whose_past_is_unknown_are_left(staff, done):
    deleted, unknown = designation(), designation()
    unknown.history.all().delete()
    deed = done(label.suspend, designations=Designation.objects.all(), reason="Erreur")
    name = str(deleted)
    deleted.delete()

    answer = undo.undo(deed=deed, by=staff).answer

    assert "Rien n’a pu être annulé." in answer
    assert f"{name}\u00a0: supprimée depuis." in answer
    assert f"{unknown}\u00a0: son état d’avant n’a pas été gardé." in answer
    assert Designation.objects.get().state == "suspended"


def test_a_label_does_not_come_back_beside_another(staff, done):
    old = designation()
    deed = done(label.withdraw, designations=Designation.objects.all(), reason="Erreur")
    factories.designation(territory=old.territory, wave=factories.wave(2))

    answer = undo.undo(deed=deed, by=staff).answer

    assert "Ce territoire a déjà un label en vigueur." in answer
    assert Designation.objects.get(pk=old.pk).state == "withdrawn"


def test_what_others_granted_under_an_embargo_is_not_shown_by_undoing_it(staff, done, clock):
    wave = factories.wave(3)
    deed = done(label.hold, wave=wave)
    clock(minutes=2)
    factories.territory(labelled=False)
    label.grant(territories=Territory.objects.all(), wave=wave, granted_on=TODAY, by=staff)

    answer = undo.undo(deed=deed, by=staff).answer

    assert "des labels y ont été accordés" in answer
    wave.refresh_from_db()
    assert wave.is_secret()


def test_an_announcement_whose_moment_has_passed_is_not_planned_again(staff, done, clock):
    wave = factories.wave(3)
    factories.territory(labelled=False)
    label.grant(
        territories=Territory.objects.all(),
        wave=wave,
        granted_on=TODAY,
        has_embargo=True,
        by=staff,
    )
    label.announce(wave=wave, at=clock(minutes=3), by=staff)
    clock(minutes=0)
    deed = done(label.cancel_announcement, wave=wave, reason="Erreur")
    clock(minutes=4)

    assert "annoncez-la de nouveau" in undo.undo(deed=deed, by=staff).answer
    wave.refresh_from_db()
    assert wave.is_secret()


# Who, when, how many times.


def test_a_second_time_answers_the_same_and_writes_nothing(staff, done):
    row = designation()
    deed = done(label.suspend, designations=Designation.objects.all(), reason="Erreur")
    first = undo.undo(deed=deed, by=staff)
    count = row.history.count()

    assert undo.undo(deed=deed, by=staff) == first
    assert row.history.count() == count
    assert not Deed.objects.fresh(staff).exists()


def test_only_who_did_it_and_only_for_ten_minutes(staff, done, clock):
    row = designation()
    deed = done(label.suspend, designations=Designation.objects.all(), reason="Erreur")

    with pytest.raises(ActError, match="la personne qui l’a fait"):
        undo.undo(deed=deed, by=factories.user(is_staff=True, is_superuser=True))
    clock(minutes=9, seconds=30)
    assert deed.minutes_left == 1
    assert Deed.objects.fresh(staff).get() == deed
    clock(minutes=10, seconds=30)
    with pytest.raises(ActError, match="corrigez à la main"):
        undo.undo(deed=deed, by=staff)
    assert not Deed.objects.fresh(staff).exists()
    row.refresh_from_db()
    assert row.state == "suspended"


# In admin.


def act(browser, model, name, *rows, **typed):
    sent = {"rows": ",".join(str(row.pk) for row in rows)} | typed
    return browser.post(f"/admin/{model}/acte/{name}/", sent, follow=True)


def test_the_button_of_the_list_undoes_what_it_says(client_of, staff):
    rows = [designation() for _ in range(3)]
    browser = client_of(staff)

    page = act(browser, "territories/designation", "suspend", *rows, reason="Erreur").text

    assert "Annuler\u00a0: 3 labels suspendus (encore 10\u00a0minutes)" in page
    deed = Deed.objects.get()
    address = f"{ADMIN}/designation/annuler/{deed.pk}/"
    assert address in page
    assert "Un bouton l’annule" in page
    assert "/annuler/" not in browser.get(f"{ADMIN}/territory/").text
    assert browser.get(address).status_code == 405

    told = browser.post(address, follow=True)
    assert told.redirect_chain == [(f"{ADMIN}/designation/", 302)]
    assert "Annulation\u00a0: 3 labels suspendus. 3 lignes sont redevenues" in told.text
    assert "/annuler/" not in told.text
    again = browser.post(address, follow=True)
    assert "3 lignes sont redevenues comme avant." in again.text
    assert {*Designation.objects.values_list("state", flat=True)} == {"active"}
    assert rows[0].history.count() == 3


def test_the_button_stands_on_the_page_of_a_row_alone(client_of, staff):
    draft = factories.challenge(publication="draft")
    browser = client_of(staff)

    page = act(browser, "challenges/challenge", "publish", draft)

    assert page.redirect_chain[-1][0] == f"/admin/challenges/challenge/{draft.pk}/change/"
    assert "Annuler\u00a0: 1 défi publié" in page.text
    undone = browser.post(
        f"/admin/challenges/challenge/annuler/{Deed.objects.get().pk}/", follow=True
    )
    assert undone.redirect_chain == page.redirect_chain
    draft.refresh_from_db()
    assert draft.publication == "draft"


def test_the_button_is_of_who_did_it_alone(client, client_of, staff):
    row = designation()
    act(client_of(staff), "territories/designation", "suspend", row, reason="Erreur")
    address = f"{ADMIN}/designation/annuler/{Deed.objects.get().pk}/"
    colleague = client_of(factories.user(is_staff=True, is_superuser=True))

    assert "/annuler/" not in colleague.get(f"{ADMIN}/designation/").text
    assert colleague.post(address).status_code == 404
    assert "/connexion/" in client.post(address, follow=True).redirect_chain[-1][0]
    row.refresh_from_db()
    assert row.state == "suspended"


def test_an_act_that_changed_nothing_leaves_nothing_to_undo(client_of, staff):
    row = suspended()

    page = act(client_of(staff), "territories/designation", "suspend", row, reason="Encore")

    assert "Rien n’a changé." in page.text
    assert not Deed.objects.exists()


def test_too_late_is_said(client_of, staff, clock):
    row = designation(expires_on=date(2099, 1, 1))
    browser = client_of(staff)
    act(browser, "territories/designation", "suspend", row, reason="Erreur")
    clock(minutes=11)

    address = f"{ADMIN}/designation/annuler/{Deed.objects.get().pk}/"
    assert "corrigez à la main" in browser.post(address, follow=True).text
    row.refresh_from_db()
    assert row.state == "suspended"
