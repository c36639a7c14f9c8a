"""From the administration to the public pages, and from a row to those that depend on it."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from challenges.models import Audience
from territories.models import CollectiveMember, Criterion
from tests import factories
from tests.conftest import SiteClient

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

GONE = {"publication": "draft"}


def page_of(row, page="change"):
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}"
    return reverse(name, args=[row.pk] if page == "change" else [])


def link(client, row):
    """Where « Voir sur le site » leads from the page of a row, or None."""
    html = client.get(page_of(row)).text
    before, found, _ = html.partition('" class="viewsitelink"')
    return before.rpartition('href="')[2] if found else None


def member(territory, **fields):
    return CollectiveMember.objects.create(
        territory=territory, organisation=factories.organisation(), **fields
    )


def shown():
    """A row of each kind that the public reads."""
    challenge = factories.challenge()
    territory = challenge.territory
    challenge.themes.add(theme := factories.theme())
    objective = factories.objective(challenge=challenge)
    measure = factories.measure()
    commune = factories.area(level="commune", code="06069")
    criterion = Criterion.objects.create(
        position=1, wording="Coopérer", source="L’appel", source_url="https://exemple.test/"
    )
    return [
        territory,
        territory.designations.get(),
        factories.wave(),
        criterion,
        challenge,
        challenge.carrier,
        theme,
        objective,
        factories.reading(objective=objective),
        factories.report(challenge=challenge),
        factories.commitment(territory=territory),
        member(territory),
        measure,
        measure.pillar,
        factories.instrument(measure=measure),
        factories.manifesto(),
        factories.passage("home_call"),
        factories.passage("legal_host"),
        factories.notice(),
        commune,
        commune.postal_codes.create(code="06130"),
    ]


def hidden():
    """A row of each kind that it does not read, though its neighbours may be public."""
    territory = factories.territory(**GONE)
    challenge = factories.challenge(**GONE)
    coming = factories.territory(labelled=False)
    return [
        territory,
        territory.designations.get(),
        factories.designation(territory=coming, granted_on=date(2999, 1, 1)),
        challenge,
        challenge.carrier,
        factories.theme(),
        Audience.objects.create(name="Tous", slug="tous"),
        factories.objective(challenge=challenge),
        factories.reading(objective=factories.objective(challenge=challenge)),
        factories.report(challenge=challenge),
        factories.commitment(territory=territory),
        member(territory),
        member(factories.territory(), until=date(2020, 1, 1)),
        factories.manifesto(in_force=False),
        factories.passage("autrefois"),
        factories.notice(ends_at=timezone.now() - timedelta(minutes=1)),
        factories.area(level="region", code="76"),
        factories.user(),
        factories.coordinator(),
        factories.message(),
    ]


def test_what_the_public_reads_is_one_click_away(admin_client):
    public = SiteClient()
    for row in shown():
        address = link(admin_client, row)
        assert address, row._meta.label
        path, _, anchor = address.partition("#")
        answer = public.get(path)
        assert answer.status_code == 200, address
        assert not anchor or f'id="{anchor}"' in answer.text, address


def test_what_it_does_not_read_has_no_link(admin_client):
    assert [(row._meta.label, at) for row in hidden() if (at := link(admin_client, row))] == []


def links_of(client, row, *addresses):
    html = client.get(page_of(row)).text.replace("&amp;", "&")
    return [address for address in addresses if f'href="{address}"' in html]


@pytest.mark.parametrize(
    ("made", "children"),
    [
        (
            factories.territory,
            {
                "challenges_challenge": "territory",
                "territories_collectivemember": "territory",
                "territories_commitment": "territory",
                "territories_coordinator": "territory",
                "territories_invitation": "territory",
            },
        ),
        (
            factories.challenge,
            {"challenges_objective": "challenge", "challenges_progressreport": "challenge"},
        ),
        (factories.objective, {"challenges_reading": "objective"}),
        (
            factories.organisation,
            {"challenges_challenge": "carrier", "territories_collectivemember": "organisation"},
        ),
        (factories.pillar, {"territories_commitment": "pillar"}),
        (factories.measure, {"territories_instrument": "measure"}),
        (factories.instrument, {"territories_commitment": "instrument"}),
    ],
)
def test_a_row_leads_to_what_depends_on_it(admin_client, made, children):
    row = made()
    expected = [
        f"{reverse(f'admin:{child}_{page}')}?{path}={row.pk}"
        for child, path in children.items()
        for page in ["changelist", "add"]
    ]

    assert links_of(admin_client, row, *expected) == expected
    for address in expected:
        assert admin_client.get(address).status_code == 200


def test_what_only_an_act_makes_is_not_added_from_a_link(admin_client):
    wave = factories.designation().wave
    labels = reverse("admin:territories_designation_changelist")
    added = reverse("admin:territories_designation_add")

    found = links_of(admin_client, wave, *[f"{page}?wave={wave.pk}" for page in [labels, added]])
    assert found == [f"{labels}?wave={wave.pk}"]


def test_a_link_keeps_only_the_rows_of_its_row_and_says_so(admin_client):
    kept, other = factories.reading(), factories.reading()
    challenge = kept.objective.challenge
    address = reverse("admin:challenges_reading_changelist")

    for query in [{"objective": kept.objective_id}, {"objective__challenge": challenge.pk}]:
        page = admin_client.get(address, query)
        assert [*page.context["cl"].result_list] == [kept]
    assert challenge.title in page.text
    assert other in admin_client.get(address, {"objective": "x"}).context["cl"].result_list


def test_each_number_of_a_list_leads_to_as_many_rows(admin_client):
    rows = shown()
    challenge, territory = rows[4], rows[0]
    factories.challenge(territory=territory, **GONE)
    challenge.audiences.add(Audience.objects.create(name="Tous", slug="tous"))
    late = {"state": "ongoing", "due_on": date(2020, 1, 1)}
    factories.commitment(territory=territory, instrument=factories.instrument(), **late)
    seen = set()
    for model in {type(row) for row in rows} | {Audience}:
        html = admin_client.get(page_of(model(), "changelist")).text
        for address, count in re.findall(r'class="counted" href="([^"]+)">(\d+)<', html):
            listed = admin_client.get(unescape(address)).context["cl"].result_count
            assert listed == int(count), (model, address)
            seen.add(model._meta.model_name)
    assert seen == {
        *("audience", "instrument", "measure", "organisation", "pillar", "territory"),
        *("theme", "wave"),
    }


def test_nobody_is_offered_what_they_may_not_open(client):
    staff = factories.user(is_staff=True)
    staff.user_permissions.set(
        Permission.objects.filter(codename__in=["view_territory", "view_commitment"])
    )
    client.force_login(staff)
    territory = factories.territory()

    html = client.get(page_of(territory)).text

    assert f"/admin/territories/commitment/?territory={territory.pk}" in html
    assert "/admin/territories/commitment/add/" not in html
    assert "/admin/territories/coordinator/" not in html
