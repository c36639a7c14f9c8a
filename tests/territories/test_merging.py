"""Merging organisations: what moves, what is dropped, what is lost; then the pages."""

from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from challenges import editing
from challenges.models import Challenge
from challenges.sheet import Names
from search import index
from territories import merging
from territories.acts import ActError
from territories.models import (
    CollectiveMember,
    Demonstration,
    FormerOrganisation,
    Organisation,
)
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

LIST = "/admin/territories/organisation/"


@pytest.fixture
def staff(db):
    return factories.user(is_staff=True, is_superuser=True)


@pytest.fixture
def keep(db):
    return factories.organisation(name="La Ruche", slug="ruche")


@pytest.fixture
def gone(db):
    return factories.organisation(name="Ruche (asso)", slug="ruche-asso", website="https://r.test/")


def member(organisation, territory, **fields):
    return CollectiveMember.objects.create(organisation=organisation, territory=territory, **fields)


def merge(staff, keep):
    return merging.merge(organisations=Organisation.objects.all(), keep=keep, by=staff)


def told(lines):
    return {str(line): line.effect for line in lines}


def test_every_relation_is_known():
    """A new way to point to an organisation is merged too, and has its line in a test below."""
    assert {
        (relation.related_model._meta.label, relation.field.name)
        for relation in merging.relations()
    } == {
        ("territories.CollectiveMember", "organisation"),
        ("territories.FormerOrganisation", "organisation"),
        ("territories.Instrument", "provider"),
        ("territories.Measure", "organisations"),
        ("challenges.Challenge", "carrier"),
        ("challenges.Challenge", "recognised_by"),
    }


def test_all_that_points_to_the_others_points_to_the_one_that_stays(staff, keep, gone):
    place = member(gone, factories.territory())
    both = factories.challenge(carrier=gone, recognised_by=gone)
    instrument = factories.instrument(provider=gone)
    measure = instrument.measure
    measure.organisations.add(gone)

    merge(staff, keep)

    for row in [place, both, instrument]:
        row.refresh_from_db()
        assert row.history.first().history_user == staff
        assert row.history.first().history_change_reason == "Fusion dans La Ruche"
    assert place.organisation == both.carrier == both.recognised_by == instrument.provider == keep
    assert [*measure.organisations.all()] == [keep]
    assert measure.history.first().history_change_reason == "Fusion dans La Ruche"
    assert [*Organisation.objects.all()] == [keep]
    last = Organisation.history.filter(id=gone.pk).first()
    assert (last.history_type, last.history_user) == ("-", staff)
    keep.refresh_from_db()
    assert keep.website == "https://r.test/"
    assert keep.history.first().history_change_reason == "Fusion de Ruche (asso)"


def test_what_would_be_twice_the_same_is_dropped(staff, keep, gone):
    third = factories.organisation(name="Ruche 3")
    here, there = factories.territory(name="Ici"), factories.territory(name="Là")
    kept = member(keep, here, role="member")
    double = member(gone, here, role="member", since=date(2019, 1, 1), note="Selon la presse")
    other_role = member(gone, here, role="funder")
    first, second = member(gone, there), member(third, there)
    measure = factories.measure()
    measure.organisations.set([gone, keep])
    key = double.pk

    lines = told(merge(staff, keep))

    assert lines["Membre du collectif\u00a0: Ici, Ruche (asso) (membre)"] == (
        "La Ruche y est déjà au même titre\u00a0: cette ligne est supprimée, avec ce qu’elle "
        "disait (depuis le 1er janvier 2019, précision Selon la presse)."
    )
    assert lines["Mesure\u00a0: Une mesure"] == (
        "La Ruche y est déjà\u00a0: Ruche (asso) en est retiré."
    )
    assert {*CollectiveMember.objects.all()} == {kept, other_role, first}
    assert [*measure.organisations.all()] == [keep]
    assert CollectiveMember.history.filter(id=key).first().history_type == "-"
    assert not CollectiveMember.objects.filter(pk=second.pk).exists()


def test_the_texts_that_are_lost_are_told(keep, gone):
    keep.website = "https://la-ruche.test/"
    keep.save()
    gone.description, gone.category = "Elle héberge.", "hive"
    gone.save()

    lines = told(merging.merge_plan(Organisation.objects.all(), keep=keep))

    assert lines == {
        "Ruche (asso) (/acteurs/ruche-asso/)": "Disparaît\u00a0; son adresse mène à La Ruche. "
        "Son nom est perdu. Sa catégorie (ruche) aussi.",
        "Rôle de Ruche (asso)": "Repris par La Ruche\u00a0: «\u00a0Elle héberge.\u00a0»",
        "Site web de Ruche (asso)": "Perdu\u00a0: «\u00a0https://r.test/\u00a0»",
    }


def test_former_addresses_lead_to_the_one_that_stays(client, staff, keep, gone):
    merge(staff, keep)
    last = factories.organisation(name="Le Réseau", slug="reseau")
    merge(staff, last)

    for slug in ["ruche-asso", "ruche"]:
        answer = client.get(f"/acteurs/{slug}/")
        assert (answer.status_code, answer.url) == (301, "/acteurs/reseau/")
    # An address taken again is that of the new one.
    factories.organisation(slug="ruche")
    assert client.get("/acteurs/ruche/").status_code == 200
    assert client.get("/acteurs/inconnu/").status_code == 404


def test_a_former_address_does_not_show_what_is_not_public(client, staff, keep, gone):
    hidden = factories.territory(publication="draft")
    member(keep, hidden)
    merge(staff, keep)

    assert client.get("/acteurs/ruche-asso/").status_code == 404


def test_an_address_used_twice_leads_to_the_last(client, staff, keep, gone):
    merge(staff, keep)
    factories.organisation(name="Autre", slug="ruche-asso")
    merge(staff, keep)

    assert FormerOrganisation.objects.get().organisation == keep
    assert client.get("/acteurs/ruche-asso/").url == "/acteurs/ruche/"


def test_a_text_that_names_one_that_is_gone_names_the_one_that_stays(staff, keep, gone):
    challenge = factories.challenge(carrier=factories.organisation())
    merging.merge(
        organisations=Organisation.objects.filter(pk__in=[keep.pk, gone.pk]), keep=keep, by=staff
    )

    editing.write_texts(challenge, {"carrier": gone.pk})

    assert Challenge.objects.get().carrier == keep
    assert Names([("carrier", gone.pk)]).words("carrier", gone.pk) == "La Ruche"


def test_the_search_follows(client, staff, keep, gone):
    factories.challenge(carrier=gone, title="Abeilles")
    index.rebuild()
    merge(staff, keep)

    assert "/acteurs/ruche-asso/" not in client.get("/recherche/?q=ruche").text
    assert "Porté par La Ruche" in client.get("/recherche/?q=abeilles").text


def test_what_may_not_be_merged(staff, keep, gone):
    with pytest.raises(ActError, match="au moins deux"):
        merging.merge_plan(Organisation.objects.filter(pk=keep.pk), keep=keep)
    gone.demonstration = Demonstration.objects.create()
    gone.save()
    with pytest.raises(ActError, match="fictif"):
        merge(staff, keep)
    for _ in range(10):
        factories.organisation()
    with pytest.raises(ActError, match="au plus"):
        merge(staff, keep)
    assert Organisation.objects.count() == 12


# In admin.


def test_merging_from_the_list_in_two_steps(client_of, staff, keep, gone):
    place = member(gone, factories.territory(name="Ici"))
    browser = client_of(staff)
    asked = browser.post(LIST, {"action": "merge", "_selected_action": [keep.pk, gone.pk]})
    assert "association\u00a0; 1 membre du collectif" in asked.text
    assert "Cet acte ne s’annule pas." in asked.text
    address, rows = asked.context["address"], asked.context["rows"]

    missing = browser.post(address, {"rows": rows})
    assert "Dites lequel reste." in missing.text
    shown = browser.post(address, {"rows": rows, "keep": keep.pk})
    assert "Membre du collectif\u00a0: Ici, Ruche (asso) (membre)" in shown.text
    assert 'type="hidden" name="keep"' in shown.text
    back = browser.post(address, {"rows": rows, "keep": keep.pk, "again": "1"})
    assert "checked" in back.text
    assert Organisation.objects.count() == 2

    sent = {"rows": rows, "keep": keep.pk, "confirmed": "1"}
    done = browser.post(address, sent, follow=True)
    assert done.redirect_chain == [(f"{LIST}{keep.pk}/change/", 302)]
    place.refresh_from_db()
    assert place.organisation == keep
    again = browser.post(address, sent, follow=True)
    assert "l’acte est déjà fait" in again.text
    assert "/annuler/" not in again.text


@pytest.mark.parametrize(
    "words", ["ruche-asso", "Ruche (Asso)", "https://x.test/acteurs/ruche-asso/"]
)
def test_merging_from_the_page_of_one(client_of, staff, keep, gone, words):
    browser = client_of(staff)
    address = f"{LIST}acte/merge/"
    assert f"{address}?rows={keep.pk}" in browser.get(f"{LIST}{keep.pk}/change/").text

    browser.post(address, {"rows": keep.pk, "other": words, "keep": "other", "confirmed": "1"})

    assert [*Organisation.objects.all()] == [gone]


def test_another_that_is_not_one_comes_back_with_words(client_of, staff, keep, gone):
    browser = client_of(staff)
    homonyms = [factories.organisation(name="Deux") for _ in range(2)]

    def answer(words):
        sent = {"rows": keep.pk, "other": words, "keep": keep.pk, "confirmed": "1"}
        return browser.post(f"{LIST}acte/merge/", sent).text

    assert "Aucun autre acteur" in answer("La Ruche")
    assert homonyms[0].slug in answer("Deux")
    merging.merge(
        organisations=Organisation.objects.filter(pk__in=[keep.pk, gone.pk]), keep=keep, by=staff
    )
    assert "déjà été fusionné" in answer("ruche-asso")
    assert Organisation.objects.count() == 3


def test_who_may_only_look_is_refused(client, keep, gone):
    address = f"{LIST}acte/merge/?rows={keep.pk},{gone.pk}"
    assert client.get(address).status_code == 302
    reader = factories.user(is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_organisation"))
    client.force_login(reader)

    assert client.get(address).status_code == 403
    sent = {"rows": f"{keep.pk},{gone.pk}", "keep": keep.pk, "confirmed": "1"}
    assert client.post(f"{LIST}acte/merge/", sent).status_code == 403
    assert Organisation.objects.count() == 2


def test_as_many_queries_for_many_rows(client_of, staff, keep, gone):
    browser = client_of(staff)

    def asked():
        sent = {"rows": f"{keep.pk},{gone.pk}", "keep": keep.pk}
        with CaptureQueriesContext(connection) as captured:
            assert browser.post(f"{LIST}acte/merge/", sent).status_code == 200
        return len(captured)

    def links():
        member(gone, factories.territory())
        factories.challenge(carrier=gone)
        factories.instrument(provider=gone).measure.organisations.add(gone)

    links()
    asked()  # what a process keeps is read
    few = asked()
    for _ in range(3):
        links()

    assert asked() == few
