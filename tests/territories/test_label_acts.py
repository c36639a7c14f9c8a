from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.utils import timezone

from search import index
from territories import label
from territories.acts import ActError
from territories.models import CollectiveMember, Designation, Territory, Wave
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

TODAY = date(2026, 3, 10)
ADMIN = "/admin/territories"


@pytest.fixture
def clock(monkeypatch):
    """``clock(hours=3)``: so much later than noon on the tenth of March."""
    noon = timezone.make_aware(timezone.datetime(2026, 3, 10, 12))

    def advance(**delta):
        cache.clear()
        monkeypatch.setattr(timezone, "now", lambda: noon + timedelta(**delta))
        return timezone.now()

    advance()
    return advance


@pytest.fixture
def staff(clock):
    return factories.user(is_staff=True, is_superuser=True)


def rows(*designations):
    return Designation.objects.filter(pk__in=[row.pk for row in designations])


def refused(lines):
    return {str(line.row): line.refusal for line in lines if line.refusal}


def territories(*chosen):
    return Territory.objects.filter(pk__in=[row.pk for row in chosen])


def grant(staff, *chosen, **fields):
    return label.grant(
        territories=territories(*chosen),
        by=staff,
        **{"wave": factories.wave(3), "granted_on": TODAY} | fields,
    )


# Granting.


def test_granting_to_several_and_leaving_those_that_hold_it(staff):
    new = factories.territory(name="Neuf", labelled=False)
    held = factories.territory(name="Tenu")
    suspended = factories.designation(state="suspended", reason="Bilan").territory
    expired = factories.designation(expires_on=date(2026, 1, 1)).territory
    once = factories.designation(state="withdrawn", reason="Parti").territory

    lines = grant(staff, new, held, suspended, expired, once, expires_on=date(2029, 3, 10))

    assert {line.row for line in lines if not line.refusal} == {new, once}
    assert refused(lines) == {
        "Tenu": "Il a déjà le label (1re vague).",
        suspended.name: "Son label est suspendu\u00a0: rétablissez-le, ou retirez-le d’abord.",
        expired.name: "Son label a expiré le 1 janvier 2026\u00a0: renouvelez-le.",
    }
    designation = new.designations.get()
    assert designation.granted_on == TODAY
    assert designation.expires_on == date(2029, 3, 10)
    last = designation.history.get()
    assert (last.history_user, last.history_change_reason) == (staff, "Label accordé")


def test_granting_twice_gives_one_label(staff):
    new = factories.territory(labelled=False)
    grant(staff, new)

    assert list(refused(grant(staff, new)).values()) == ["Il a déjà le label (3e vague)."]
    assert new.designations.count() == 1


def test_a_label_is_granted_ahead_under_embargo_only(staff):
    new = factories.territory(labelled=False)
    later = TODAY + timedelta(days=1)

    with pytest.raises(ActError, match="que sous embargo"):
        grant(staff, new, granted_on=later)
    assert not new.designations.exists()

    grant(staff, new, granted_on=later, has_embargo=True)
    assert new.designations.get().granted_on == later
    assert Wave.objects.get(number=3).is_secret()


def test_a_label_that_expires_before_it_is_granted_is_refused(staff):
    with pytest.raises(ActError, match="expirer avant"):
        grant(staff, factories.territory(labelled=False), expires_on=TODAY)


def test_a_wave_that_the_public_knows_is_not_hidden_any_more(staff):
    known = factories.territory()

    with pytest.raises(ActError, match="déjà publique"):
        grant(
            staff,
            factories.territory(labelled=False),
            wave=factories.wave(1),
            has_embargo=True,
        )
    assert known in Territory.objects.public()
    assert Designation.objects.count() == 1


# Suspending, reinstating, withdrawing, renewing.

ACTS = {
    "suspend": (label.suspend, {}),
    "withdraw": (label.withdraw, {}),
    "reinstate": (label.reinstate, {}),
    "renew": (label.renew, {"expires_on": date(2030, 1, 1)}),
}
READY = {
    "suspend": {},
    "withdraw": {},
    "reinstate": {"state": "suspended", "reason": "Bilan en retard"},
    "renew": {"expires_on": date(2026, 1, 1)},
}


@pytest.mark.parametrize(
    ("name", "state", "words"),
    [
        ("suspend", "suspended", "Label suspendu"),
        ("withdraw", "withdrawn", "Label retiré"),
        ("reinstate", "active", "Labellisé"),
        ("renew", "active", "Labellisé"),
    ],
)
def test_what_becomes_of_a_label_is_recorded_and_public(read, staff, name, state, words):
    designation = factories.designation(**READY[name])
    act, fields = ACTS[name]
    address = designation.territory.get_absolute_url()
    assert words not in read(address).text

    lines = act(designations=rows(designation), reason="Décision du comité", by=staff, **fields)

    assert refused(lines) == {}
    designation.refresh_from_db()
    assert (designation.state, designation.reason) == (state, "Décision du comité")
    last = designation.history.first()
    assert last.history_user == staff
    assert last.history_change_reason.endswith("Décision du comité")
    assert words in read(address).text
    assert (designation.territory in Territory.objects.labelled()) == (state == "active")


@pytest.mark.parametrize("name", ACTS)
def test_an_act_without_a_reason_is_refused(staff, name):
    designation = factories.designation(**READY[name])
    act, fields = ACTS[name]

    with pytest.raises(ActError, match="Indiquez le motif"):
        act(designations=rows(designation), reason=" ", by=staff, **fields)
    assert not designation.history.exclude(history_type="+").exists()


@pytest.mark.parametrize("name", ["suspend", "withdraw", "reinstate"])
def test_an_act_done_twice_changes_nothing_the_second_time(staff, name):
    designation = factories.designation(**READY[name])
    act, _ = ACTS[name]
    act(designations=rows(designation), reason="Une fois", by=staff)

    lines = act(designations=rows(designation), reason="Deux fois", by=staff)

    assert len(refused(lines)) == 1
    designation.refresh_from_db()
    assert designation.reason == "Une fois"


def test_a_suspended_label_is_not_given_back_beside_another(staff):
    designation = factories.designation(state="suspended", reason="Bilan")
    factories.designation(territory=designation.territory, wave=factories.wave(2))

    lines = label.reinstate(designations=rows(designation), reason="Erreur", by=staff)

    assert [*refused(lines).values()] == ["Le territoire a reçu un autre label."]


@pytest.mark.parametrize(
    ("expires_on", "words"),
    [(date(2026, 3, 10), "échéance à venir"), (date(2026, 5, 1), "n’est pas plus proche")],
)
def test_a_renewal_only_puts_off(staff, expires_on, words):
    designation = factories.designation(expires_on=date(2026, 6, 1))

    with pytest.raises(ActError, match=words):
        label.renew(designations=rows(designation), expires_on=expires_on, reason="Suite", by=staff)


def test_a_long_reason_is_kept_whole(staff):
    designation = factories.designation()

    label.suspend(designations=rows(designation), reason="Long. " * 100, by=staff)

    designation.refresh_from_db()
    assert designation.reason == ("Long. " * 100).strip()
    assert len(designation.history.first().history_change_reason) == 100


# The embargo.


@pytest.fixture
def village():
    return factories.area(level="commune", name="Thiers", code="63430")


def places(client, territory, challenge, village):
    """The public places that name the territory, or tell of its label."""
    territory_page = territory.get_absolute_url()
    member = territory.members.get().organisation
    told = {
        "home": ("/", territory.name),
        "list": ("/territoires/", territory.name),
        "map": ("/territoires/?vue=carte", territory.name),
        "facet": ("/territoires/", "3e vague"),
        "csv": ("/territoires/liste.csv", territory.name),
        "commune": (f"/ma-commune/{village.code}/", territory.name),
        "search": (f"/recherche/?q={territory.name}", territory_page),
        "sitemap": ("/sitemap.xml", territory_page),
        "site map": ("/plan-du-site/", territory.name),
        "sheet": (territory_page, "Labellisé"),
        "linked data": (territory_page, '"award"'),
        "plan": (f"{territory_page}plan/", territory.name),
        "challenges": ("/defis/", challenge.title),
        "csv of challenges": ("/defis/liste.csv", challenge.title),
        "sitemap of challenges": ("/sitemap.xml", challenge.get_absolute_url()),
        "carrier": (challenge.carrier.get_absolute_url(), challenge.title),
        "sitemap of actors": ("/sitemap.xml", challenge.carrier.get_absolute_url()),
        "member": (member.get_absolute_url(), member.name),
        "search of actors": (f"/recherche/?q={member.name}", member.get_absolute_url()),
        "challenge": (challenge.get_absolute_url(), challenge.title),
        "label": ("/label/", "?vague=3"),
        "announcement": ("/label/", "Annoncée le 12"),
    }
    sheets = [territory, challenge, challenge.carrier, member]
    pages = [row.get_absolute_url() for row in sheets] + [f"{territory_page}plan/"]
    found = set()
    for place, (address, words) in told.items():
        response = client.get(address)
        assert response.status_code == 200 or address in pages, address
        if response.status_code == 200:
            text = b"".join(response).decode() if response.streaming else response.text
            if words in text:
                found.add(place)
    return found, set(told)


def test_nothing_is_seen_before_the_announcement_and_everything_after(
    client, clock, staff, village
):
    territory = factories.territory(
        name="Thiers-Montagne", publication="draft", labelled=False, areas=[village]
    )
    challenge = factories.challenge(territory=territory)
    member = factories.organisation(name="Ruche du Livradois")
    CollectiveMember.objects.create(territory=territory, organisation=member)
    index.rebuild()
    grant(staff, territory, has_embargo=True)
    wave = Wave.objects.get(number=3)

    found, everywhere = places(client, territory, challenge, village)
    assert found == set()

    label.announce(wave=wave, at=clock() + timedelta(days=2), by=staff)

    for delta in [{}, {"days": 2, "seconds": -1}]:
        clock(**delta)
        assert places(client, territory, challenge, village)[0] == set()

    clock(days=2)
    assert places(client, territory, challenge, village)[0] == everywhere
    assert Territory.objects.get().publication == "published"


def test_the_moment_is_a_parameter_of_what_is_public(clock, staff):
    territory = factories.territory(labelled=False)
    grant(staff, territory, has_embargo=True)
    at = clock() + timedelta(days=2)
    label.announce(wave=Wave.objects.get(), at=at, by=staff)

    for shown in [Territory.objects.public, Territory.objects.labelled]:
        assert not shown().exists()
        assert not shown(at - timedelta(seconds=1)).exists()
        assert shown(at).exists()
        assert not shown(TODAY + timedelta(days=1)).exists()
        assert shown(TODAY + timedelta(days=2)).exists()


def test_a_cancelled_announcement_shows_nothing(clock, staff):
    territory = factories.territory(labelled=False)
    grant(staff, territory, has_embargo=True)
    wave = Wave.objects.get()
    label.announce(wave=wave, at=clock() + timedelta(days=2), by=staff)

    with pytest.raises(ActError, match="motif"):
        label.cancel_announcement(wave=wave, reason="", by=staff)
    label.cancel_announcement(wave=wave, reason="Le ministre est pris", by=staff)

    clock(days=3)
    assert not Territory.objects.public().exists()
    last = wave.history.first()
    assert last.history_change_reason == "Annonce annulée\u00a0: Le ministre est pris"
    assert last.history_user == staff
    with pytest.raises(ActError, match="aucune annonce n’est prévue"):
        label.cancel_announcement(wave=wave, reason="Encore", by=staff)


def test_an_announcement_that_took_place_is_not_cancelled_nor_made_again(clock, staff):
    grant(staff, factories.territory(labelled=False), has_embargo=True)
    wave = Wave.objects.get()
    label.announce(wave=wave, at=clock(), by=staff)
    assert Territory.objects.public().exists()

    with pytest.raises(ActError, match="le public l’a lue"):
        label.cancel_announcement(wave=wave, reason="Trop tard", by=staff)
    with pytest.raises(ActError, match="déjà annoncée"):
        label.announce(wave=wave, at=clock() + timedelta(days=1), by=staff)


def test_an_announcement_to_come_fixes_its_territories_and_may_be_moved(clock, staff):
    grant(staff, factories.territory(labelled=False), has_embargo=True)
    wave = Wave.objects.get()
    label.announce(wave=wave, at=clock() + timedelta(days=2), by=staff)
    label.announce(wave=wave, at=clock() + timedelta(days=4), by=staff)

    with pytest.raises(ActError, match="annulez-la"):
        grant(staff, factories.territory(labelled=False))
    assert not Territory.objects.public(clock(days=3)).exists()
    assert Territory.objects.public(clock(days=4)).exists()


def test_a_wave_is_not_announced_empty_nor_before_its_labels(clock, staff):
    wave = factories.wave(3)
    with pytest.raises(ActError, match="aucun territoire"):
        label.announce(wave=wave, at=clock(), by=staff)

    grant(
        staff,
        factories.territory(labelled=False),
        granted_on=TODAY + timedelta(days=5),
        has_embargo=True,
    )
    with pytest.raises(ActError, match="n’est accordé que le 15 mars 2026"):
        label.announce(wave=wave, at=clock() + timedelta(days=2), by=staff)


def test_a_wave_already_public_is_not_announced(staff, clock):
    factories.designation()

    with pytest.raises(ActError, match="déjà publique"):
        label.announce(wave=Wave.objects.get(), at=clock(), by=staff)


def test_the_draft_of_a_former_label_does_not_come_out_before_time(clock, staff):
    former = factories.designation(state="withdrawn", reason="Parti").territory
    former.publication = "draft"
    former.save()
    grant(staff, former, factories.territory(labelled=False), has_embargo=True)

    lines = label.announce(
        wave=Wave.objects.get(number=3), at=clock() + timedelta(days=2), by=staff
    )

    assert "le jour venu" in [*refused(lines).values()][0]
    former.refresh_from_db()
    assert former.publication == "draft"


def test_a_label_under_embargo_is_deleted_rather_than_suspended(staff):
    territory = factories.territory(labelled=False)
    grant(staff, territory, has_embargo=True)

    for act in [label.suspend, label.withdraw]:
        lines = act(designations=Designation.objects.all(), reason="Erreur", by=staff)
        assert "sous embargo" in [*refused(lines).values()][0]


# In admin.


def test_granting_from_the_list_asks_first(client_of, staff, clock):
    new = factories.territory(name="Neuf", labelled=False)
    held = factories.territory(name="Tenu")
    browser = client_of(staff)
    chosen = {"action": "grant", "_selected_action": [new.pk, held.pk]}

    asked = browser.post(f"{ADMIN}/territory/", chosen)

    assert "Ce qui va changer (1)" in asked.text
    assert "Il a déjà le label (1re vague)." in asked.text
    assert not new.designations.exists()

    data = {"rows": f"{new.pk},{held.pk}", "wave": factories.wave(3).pk}
    late = browser.post(f"{ADMIN}/territory/acte/grant/", data | {"granted_on": "11/03/2026"})
    assert "que sous embargo" in late.text
    told = browser.post(
        f"{ADMIN}/territory/acte/grant/", data | {"granted_on": "10/03/2026"}, follow=True
    )
    assert "1 territoire labellisé." in told.text
    assert "Tenu\u00a0: Il a déjà le label" in told.text
    assert new.designations.get().history.get().history_user == staff


@pytest.mark.parametrize("name", ACTS)
def test_an_act_from_the_page_of_a_label(client_of, staff, name):
    designation = factories.designation(**READY[name])
    browser = client_of(staff)
    page = f"{ADMIN}/designation/{designation.pk}/change/"
    address = f"{ADMIN}/designation/acte/{name}/"
    assert f"{address}?rows={designation.pk}" in browser.get(page).text
    assert browser.get(f"{address}?rows={designation.pk}").status_code == 200

    data = {"rows": designation.pk, "expires_on": "01/01/2030"}
    refused = browser.post(address, data)
    assert "Indiquez le motif" in refused.text
    assert designation.history.count() == 1

    done = browser.post(address, data | {"reason": "Décision"})
    assert (done.status_code, done.url) == (302, page)
    assert designation.history.count() == 2
    assert "Décision" in browser.get(page.replace("change", "history")).text


def test_a_wave_is_held_announced_and_cancelled_in_admin(client_of, staff, clock):
    territory = factories.territory(labelled=False)
    wave = factories.wave(3)
    browser = client_of(staff)
    address = f"{ADMIN}/wave/acte"
    browser.post(f"{address}/hold/", {"rows": wave.pk})
    grant(staff, territory)

    past = {"rows": wave.pk, "at_0": "09/03/2026", "at_1": "10:00"}
    assert "Ce moment est passé" in browser.post(f"{address}/announce/", past).text
    coming = past | {"at_0": "12/03/2026"}
    told = browser.post(f"{address}/announce/", coming, follow=True)
    assert "1 territoire annoncé." in told.text
    assert "jusqu’au 12 mars 2026 à 10h00" in told.text
    assert "encore secret" in browser.get(f"{ADMIN}/territory/").text

    told = browser.post(f"{address}/cancel/", {"rows": wave.pk, "reason": "Report"}, follow=True)
    assert "1 annonce annulée." in told.text
    wave.refresh_from_db()
    assert (wave.is_secret(), wave.embargo_until) == (True, None)


def test_an_empty_moment_announces_now(client_of, staff):
    territory = factories.territory(labelled=False)
    grant(staff, territory, has_embargo=True)

    data = {"rows": Wave.objects.get().pk, "at_0": "", "at_1": ""}
    client_of(staff).post(f"{ADMIN}/wave/acte/announce/", data)

    assert territory in Territory.objects.public()


PAGES = {
    "territory": ["grant", "publish", "unpublish", "archive"],
    "designation": ["suspend", "reinstate", "withdraw", "renew"],
    "wave": ["hold", "announce", "cancel"],
}


@pytest.mark.parametrize(("model", "name"), [(m, n) for m in PAGES for n in PAGES[m]])
def test_who_may_only_look_is_offered_no_act_and_does_none(client_of, clock, model, name):
    designation = factories.designation()
    row = {
        "territory": designation.territory,
        "designation": designation,
        "wave": designation.wave,
    }[model]
    reader = factories.user(is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename=f"view_{model}"))
    browser = client_of(reader)
    address = f"{ADMIN}/{model}/acte/{name}/"

    assert browser.get(f"{address}?rows={row.pk}").status_code == 403
    assert browser.post(address, {"rows": row.pk, "reason": "Non"}).status_code == 403
    assert "/acte/" not in browser.get(f"{ADMIN}/{model}/{row.pk}/change/").text
    browser.post(f"{ADMIN}/{model}/", {"action": name, "_selected_action": [row.pk]})
    assert row.history.count() == 1


@pytest.mark.parametrize("sent", ["", "zzz", "9" * 30, "999999", "%00"])
def test_no_row_no_page(client_of, staff, sent):
    browser = client_of(staff)

    address = f"{ADMIN}/territory/acte/grant/"
    assert browser.get(f"{address}?rows={sent}").status_code in {400, 404}
    assert browser.post(address, {"rows": sent}).status_code == 404
    assert browser.get(f"{ADMIN}/territory/acte/inconnu/?rows=1").status_code == 404
