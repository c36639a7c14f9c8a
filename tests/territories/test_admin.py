from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from territories.models import (
    CollectiveMember,
    Commitment,
    Criterion,
    Demonstration,
    Measure,
    Organisation,
    Pillar,
    Territory,
)
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


def criterion():
    return Criterion.objects.create(
        position=next(factories.numbers),
        wording="Une coopération large",
        source="L’appel",
        source_url="https://exemple.test/appel",
    )


def member(**fields):
    return CollectiveMember.objects.create(
        **{"organisation": fields.get("organisation") or factories.organisation()}
        | {"territory": fields.get("territory") or factories.territory()}
        | fields
    )


def busy_territory():
    territory = factories.territory(areas=[factories.area()])
    factories.commitment(territory=territory, due_on=date(2020, 1, 1))
    factories.reading(
        objective=factories.objective(challenge=factories.challenge(territory=territory))
    )
    return territory


ROWS = {
    "collectivemember": member,
    "commitment": lambda: factories.commitment(
        due_on=date(2020, 1, 1), instrument=factories.instrument()
    ),
    "criterion": criterion,
    "designation": factories.designation,
    "instrument": lambda: factories.instrument(provider=factories.organisation()),
    "measure": factories.measure,
    "organisation": lambda: member().organisation,
    "pillar": lambda: factories.measure().pillar,
    "territory": busy_territory,
    "wave": lambda: factories.designation(wave=factories.wave(next(factories.numbers))).wave,
}


def formset(prefix, *rows, initial=0):
    """What an inline form sends for these rows."""
    sent = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        sent |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return sent


def territory_data(**fields):
    return {
        "name": "Pays de Grasse",
        "slug": "pays-de-grasse",
        "kind": "pays",
        "areas_certainty": "stated",
        **formset("designations"),
        **formset("members"),
    } | fields


def commitment_data(**fields):
    return {
        "territory": factories.territory().pk,
        "pillar": factories.pillar().pk,
        "title": "Un engagement",
        "side": "state",
        "state": "to_start",
    } | fields


@pytest.mark.parametrize("model", ROWS)
def test_a_list_asks_as_many_queries_for_twenty_rows_as_for_one(admin_client, model):
    def count():
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            response = admin_client.get(f"/admin/territories/{model}/")
        assert response.status_code == 200
        return len(queries), response.context["cl"].result_count

    ROWS[model]()
    count()  # content types are kept in memory from the first page on
    queries, rows = count()
    for _ in range(20):
        ROWS[model]()

    assert count() == (queries, rows + 20)


@pytest.mark.parametrize("model", ROWS)
@pytest.mark.parametrize("page", ["change", "history", "delete"])
def test_the_pages_of_a_row(admin_client, model, page):
    row = ROWS[model]()

    assert admin_client.get(f"/admin/territories/{model}/{row.pk}/{page}/").status_code == 200


@pytest.mark.parametrize("model", [name for name in ROWS if name != "designation"])
def test_the_pages_that_add(admin_client, model):
    assert admin_client.get(f"/admin/territories/{model}/add/").status_code == 200


@pytest.mark.parametrize("page", ["", "add/", "1/change/", "1/history/", "1/delete/"])
def test_the_admin_is_for_staff(client, page):
    client.force_login(factories.user())

    for model in ROWS:
        url = f"/admin/territories/{model}/{page}"
        response = client.get(url)
        assert response.status_code == 302
        assert response.url == f"/admin/login/?next={url}"


@pytest.mark.parametrize("page", ["", "add/"])
def test_staff_without_the_right_are_refused(client, page):
    client.force_login(factories.user(is_staff=True))

    for model in ROWS:
        assert client.get(f"/admin/territories/{model}/{page}").status_code == 403


def test_demonstrations_are_not_managed_here(admin_client):
    assert admin_client.get("/admin/territories/demonstration/").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "?q=%00",
        pytest.param("?q=" + "a%20" * 5000, id="many-words"),
        pytest.param("?q=" + "é" * 10_000, id="long-word"),
        "?q='\"%5C%25_",
        "?page=zzz",
        "?p=zzz",
        "?o=zzz",
        "?nulle=part",
        "?id=%00",
        "?echeance=%00&label=%00&perimetre=%00&donnee=%00",
        "zzz/change/",
        "zzz/history/",
        "zzz/delete/",
        "%00/history/",
        "1/history/zzz/",
        "add/?territory=zzz&pillar=zzz&areas=1,zzz&provider=zzz",
        "add/?slug=%00",
    ],
)
def test_no_address_breaks_the_admin(admin_client, path):
    admin_client.raise_request_exception = False

    for model in ROWS:
        assert admin_client.get(f"/admin/territories/{model}/{path}").status_code < 500


@pytest.mark.parametrize(
    "term", ["%00", pytest.param("a%20" * 5000, id="many-words"), "'\"%5C%25_"]
)
def test_no_search_breaks_a_choice(admin_client, term):
    admin_client.raise_request_exception = False
    source = "app_label=territories&model_name=commitment&field_name=territory"

    assert admin_client.get(f"/admin/autocomplete/?{source}&term={term}").status_code < 500


def test_a_territory_is_added_as_a_draft_without_label_whatever_is_sent(admin_client):
    area = factories.area()
    label = {"wave": factories.wave(1).pk, "granted_on": "25/02/2019", "state": "active"}
    data = territory_data(
        areas=[area.pk], publication="published", **formset("designations", label)
    )

    response = admin_client.post("/admin/territories/territory/add/", data)

    assert response.status_code == 302
    territory = Territory.objects.get()
    assert list(territory.areas.all()) == [area]
    assert territory.publication == "draft"
    assert not territory.designations.exists()


def test_a_label_is_no_form_its_acts_change_it(admin_client):
    label = factories.designation(granted_on=date(2019, 2, 25))
    url = f"/admin/territories/designation/{label.pk}/change/"
    typed = {"state": "withdrawn", "expires_on": "01/01/2020", "reason": "À sa demande"}

    answer = admin_client.post(url, typed | {"granted_on": "26/02/2019"})

    assert answer.status_code == 302
    label.refresh_from_db()
    assert label.granted_on == date(2019, 2, 26)
    assert (label.state, label.expires_on, label.reason) == ("active", None, "")
    assert admin_client.get("/admin/territories/designation/add/").status_code == 403


def test_a_member_typed_twice_is_refused_with_words(admin_client):
    row = {"organisation": factories.organisation().pk, "role": "member"}
    data = territory_data(**formset("members", row, row))

    response = admin_client.post("/admin/territories/territory/add/", data)

    assert response.status_code == 200
    assert "Cet acteur a déjà ce rôle sur une autre ligne." in response.text


def test_a_member_already_there_is_refused_with_words(admin_client):
    there = member()
    row = {"organisation": there.organisation_id, "role": there.role}

    response = admin_client.post(
        "/admin/territories/collectivemember/add/", row | {"territory": there.territory_id}
    )

    assert response.status_code == 200
    assert response.context["errors"]


def test_a_collective_too_long_for_one_form_has_its_own_list(admin_client):
    territory = factories.territory()
    for _ in range(21):
        member(territory=territory)

    text = admin_client.get(f"/admin/territories/territory/{territory.pk}/change/").text

    assert "members-TOTAL_FORMS" not in text
    assert f'href="/admin/territories/collectivemember/?territory={territory.pk}"' in text


def test_the_longest_forms_are_accepted(admin_client):
    territory = factories.territory(labelled=False)
    rows = [
        {"organisation": factories.organisation().pk, "role": "member"}
        | {"since": "", "until": "", "note": "", "id": "", "territory": territory.pk}
        for _ in range(20)
    ]
    areas = [factories.area().pk for _ in range(60)]
    data = territory_data(areas=areas, **formset("members", *rows))

    response = admin_client.post(f"/admin/territories/territory/{territory.pk}/change/", data)

    assert response.status_code == 302
    assert territory.members.count() == 20


@pytest.mark.parametrize(
    ("state", "done_on"), [("done", ""), ("ongoing", "01/01/2020")], ids=["undated", "open"]
)
def test_done_means_dated(admin_client, state, done_on):
    data = commitment_data(state=state, done_on=done_on)

    response = admin_client.post("/admin/territories/commitment/add/", data)

    assert response.status_code == 200
    assert "Un engagement est « fait » si" in response.text
    assert not Commitment.objects.exists()


def test_two_measures_of_one_rank_are_refused_with_words(admin_client):
    row = {"position": 1, "wording": "Une mesure"}
    data = {"position": 1, "title": "Financer", "short_title": "Financer", "slug": "financer"}

    response = admin_client.post(
        "/admin/territories/pillar/add/", data | formset("measures", row, row)
    )

    assert response.status_code == 200
    assert "Une autre ligne porte déjà ce rang." in response.text
    assert not Measure.objects.exists()


def test_a_measure_with_instruments_is_not_deleted_from_its_axis(admin_client):
    measure = factories.instrument().measure
    row = {"id": measure.pk, "pillar": measure.pillar_id, "position": 1, "wording": "Une mesure"}
    pillar = measure.pillar
    data = {"position": pillar.position, "title": pillar.title, "short_title": pillar.short_title}

    response = admin_client.post(
        f"/admin/territories/pillar/{pillar.pk}/change/",
        data | formset("measures", row | {"DELETE": "on"}, initial=1),
    )

    assert response.status_code == 200
    assert Measure.objects.filter(pk=measure.pk).exists()


@pytest.mark.parametrize("model", ["organisation", "pillar", "territory", "wave"])
def test_what_others_rely_on_is_not_deleted(admin_client, model):
    rows = {
        "organisation": lambda: factories.challenge().carrier,
        "pillar": lambda: factories.commitment().pillar,
        "territory": lambda: factories.challenge().territory,
        "wave": lambda: factories.designation().wave,
    }
    row = rows[model]()

    response = admin_client.post(f"/admin/territories/{model}/{row.pk}/delete/", {"post": "yes"})

    assert response.status_code == 200
    assert type(row).objects.filter(pk=row.pk).exists()


def test_an_address_may_change_only_until_it_is_published(admin_client):
    draft = factories.territory(publication="draft")
    published = factories.territory(labelled=False)
    for territory in [draft, published]:
        url = f"/admin/territories/territory/{territory.pk}/change/"
        data = territory_data(name=territory.name, slug=f"nouveau-{territory.pk}")
        assert admin_client.post(url, data).status_code == 302

    assert Territory.objects.get(pk=draft.pk).slug == f"nouveau-{draft.pk}"
    assert Territory.objects.get(pk=published.pk).slug == published.slug


def test_who_may_only_look_publishes_nothing(client):
    draft = factories.territory(publication="draft")
    reader = factories.user(is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_territory"))
    client.force_login(reader)

    client.post(
        "/admin/territories/territory/", {"action": "publish", "_selected_action": [draft.pk]}
    )

    assert Territory.objects.get().publication == "draft"


def test_who_may_only_look_puts_no_old_version_back(client):
    territory = factories.territory(name="Avant")
    territory.name = "Après"
    territory.save()
    reader = factories.user(is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_territory"))
    client.force_login(reader)
    first = territory.history.last()

    data = territory_data(name="Avant", slug=territory.slug)
    client.post(f"/admin/territories/territory/{territory.pk}/history/{first.pk}/", data)

    assert Territory.objects.get().name == "Après"


def test_the_history_tells_who_changed_what(admin_client):
    territory = factories.territory(name="Avant")
    territory.name = "Après"
    territory.save()

    text = admin_client.get(f"/admin/territories/territory/{territory.pk}/history/").text

    assert "Avant → Après" in text
    assert "2 versions" in text


def test_the_link_to_the_site_is_there_when_the_public_reads_the_page(admin_client):
    public = factories.territory()
    hidden = factories.territory(publication="draft")

    def links(territory):
        page = admin_client.get(f"/admin/territories/territory/{territory.pk}/change/").text
        return f'href="/territoires/{territory.slug}/"' in page

    assert links(public)
    assert not links(hidden)


def listed(client, url):
    return set(client.get(url).context["cl"].queryset)


def test_commitments_in_delay_are_found(admin_client):
    late = factories.commitment(state="ongoing", due_on=date(2020, 1, 1))
    factories.commitment(due_on=timezone.localdate())
    factories.commitment(state="suspended", due_on=date(2020, 1, 1))

    assert listed(admin_client, "/admin/territories/commitment/?echeance=retard") == {late}
    assert listed(admin_client, "/admin/territories/commitment/?echeance=zzz") == set(
        Commitment.objects.all()
    )


def test_territories_are_found_by_perimeter_and_label(admin_client):
    plain = factories.territory(areas=[factories.area()])
    indicative = factories.territory(
        areas=[factories.area()], areas_certainty="interpretation", labelled=False
    )
    nowhere = factories.territory(labelled=False)
    factories.designation(
        territory=nowhere, expires_on=timezone.localdate() - timedelta(days=1), state="active"
    )
    url = "/admin/territories/territory/"

    assert listed(admin_client, f"{url}?perimetre=indicatif") == {indicative}
    assert listed(admin_client, f"{url}?perimetre=vide") == {nowhere}
    assert listed(admin_client, f"{url}?label=oui") == {plain}
    assert listed(admin_client, f"{url}?label=non") == {indicative, nowhere}
    assert listed(admin_client, f"{url}?q={plain.areas.get().name}") == {plain}


def test_a_territory_counts_what_is_late(admin_client):
    territory = busy_territory()
    factories.commitment(territory=territory)
    factories.commitment(territory=territory, state="ongoing", due_on=date(2020, 1, 1))

    row = admin_client.get("/admin/territories/territory/").context["cl"].queryset.get()
    page = admin_client.get(f"/admin/territories/territory/{territory.pk}/change/").text

    assert (row.commitment_count, row.late_count, row.challenge_count) == (3, 2, 1)
    assert "3, dont 2 en retard" in page


def test_fictional_rows_say_so(admin_client):
    fictional = factories.organisation(demonstration=Demonstration.objects.create())
    real = factories.organisation()
    url = "/admin/territories/organisation/"

    assert admin_client.get(url).text.count("fictif") == 1
    assert listed(admin_client, f"{url}?donnee=fictive") == {fictional}
    assert listed(admin_client, f"{url}?donnee=reelle") == {real}


def test_a_row_refused_twice_over_keeps_what_was_typed(admin_client):
    factories.organisation(slug="acteur")
    data = {"name": "Un autre", "slug": "acteur", "category": "association"}

    response = admin_client.post("/admin/territories/organisation/add/", data)

    assert response.status_code == 200
    assert response.context["errors"]
    assert "Un autre" in response.text
    assert Organisation.objects.count() == 1


def test_an_axis_keeps_its_address(admin_client):
    pillar = factories.pillar(1, slug="financer")
    data = {"position": 1, "title": "Titre", "short_title": "Court", "slug": "autre"}

    admin_client.post(f"/admin/territories/pillar/{pillar.pk}/change/", data | formset("measures"))

    assert Pillar.objects.values_list("slug", "title").get() == ("financer", "Titre")


def test_a_territory_without_an_active_referent_is_found(admin_client):
    names = {"suivi": {}, "quitté": {"until": timezone.now()}, "lu": {"role": "reader"}}
    for name, fields in names.items():
        factories.coordinator(territory=factories.territory(name=name), **fields)
    factories.coordinator(
        territory=factories.territory(name="fermé"), user=factories.user(is_active=False)
    )
    factories.territory(name="seul")

    def listed(query):
        response = admin_client.get(f"/admin/territories/territory/{query}")
        rows = response.context["cl"].result_list
        return {row.name: row.referent_count for row in rows}

    assert listed("?referent=sans") == dict.fromkeys(["quitté", "lu", "fermé", "seul"], 0)
    assert listed("?referent=avec") == {"suivi": 1}
    assert len(listed("")) == 5
    assert "aucun" in admin_client.get("/admin/territories/territory/?referent=sans").text
