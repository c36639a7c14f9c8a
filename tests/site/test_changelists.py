"""Every list of the administration, whatever the number of its rows."""

from collections import defaultdict

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from challenges.models import Audience, Milestone, Proposal
from geography.models import PostalCode
from territories.models import CollectiveMember, Criterion
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

MOST_QUERIES = 12
FIRST_KEY = 1_000_000_000  # far past what the sequences of PostgreSQL give
numbers = defaultdict(lambda: 10_000)  # by model or column: a small integer ends at 32,767


@pytest.fixture(autouse=True)
def from_the_first():
    numbers.clear()


def member():
    return CollectiveMember.objects.create(
        territory=factories.territory(), organisation=factories.organisation()
    )


def milestone():
    objective = factories.objective(kind="qualitative")
    return Milestone.objects.create(objective=objective, position=1, wording="Ouvrir")


def criterion():
    return Criterion.objects.create(
        position=1, wording="Coopérer", source="L’appel", source_url="https://exemple.test/"
    )


# A row to copy, of each model that has a list: a new list is a new line here.
ROWS = {
    "accounts.user": factories.user,
    "auth.group": lambda: Group.objects.create(name="Observation"),
    "challenges.audience": lambda: Audience.objects.create(name="Tous", slug="tous"),
    "challenges.challenge": factories.challenge,
    "challenges.objective": factories.objective,
    "challenges.progressreport": lambda: factories.report(by=factories.user()),
    "challenges.proposal": lambda: Proposal.objects.create(
        challenge=factories.challenge(), author=factories.user()
    ),
    "challenges.reading": lambda: factories.reading(by=factories.user()),
    "challenges.theme": factories.theme,
    "editorial.notice": lambda: factories.notice(
        link_label="Lire", link_url="https://exemple.test/"
    ),
    "editorial.passage": factories.passage,
    "geography.area": factories.area,
    "geography.postalcode": lambda: PostalCode.objects.create(
        code="06130", area=factories.area(level="commune", code="06069")
    ),
    "manifesto.manifesto": lambda: factories.manifesto(in_force=False),
    "outbox.message": factories.message,
    "territories.collectivemember": member,
    "territories.commitment": lambda: factories.commitment(instrument=factories.instrument()),
    "territories.coordinator": factories.coordinator,
    "territories.criterion": criterion,
    "territories.designation": factories.designation,
    "territories.instrument": lambda: factories.instrument(provider=factories.organisation()),
    "territories.invitation": factories.invitation,
    "territories.measure": factories.measure,
    "territories.organisation": factories.organisation,
    "territories.pillar": factories.pillar,
    "territories.territory": factories.territory,
    "territories.wave": factories.wave,
}


def columns_of(rule):
    """Those that a constraint names plainly."""
    named = [getattr(expression, "name", None) for expression in getattr(rule, "expressions", ())]
    return [*getattr(rule, "fields", ()), *named]


def copy(row, number):
    """``number`` copies, each pointing to copies of its own of what the row points to.

    Made by the database, to which the columns of thousands of rows are not sent. Returns what to
    add to 1, 2… to have their keys.
    """
    model, quoted = type(row), connection.ops.quote_name
    constrained = {name for rule in model._meta.constraints for name in columns_of(rule)}
    first, columns = FIRST_KEY + past(model, number), {}
    for field in model._meta.concrete_fields:
        same = columns[field.column] = f"copied.{quoted(field.column)}"
        value = getattr(row, field.name)
        if field.primary_key:
            columns[field.column] = f"{first} + n"
        elif isinstance(field, models.ForeignKey) and value is not None:
            columns[field.column] = f"{copy(value, number)} + n"
        elif (field.unique or field.name in constrained) and not field.choices:
            columns[field.column] = another(field, value, number) or same
    table, key = quoted(model._meta.db_table), quoted(model._meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE numbers(n) AS "  # noqa: S608  (our own names)
            f"(SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {number}) "
            f"INSERT INTO {table} ({', '.join(map(quoted, columns))}) "
            f"SELECT {', '.join(columns.values())} FROM {table} copied, numbers "
            f"WHERE copied.{key} = {row.pk}"
        )
    return first


def past(column, number):
    """Where ``number`` values that no other copy has begin."""
    start = numbers[column]
    numbers[column] += number
    return start


def another(field, value, number):
    """A value for each copy, in SQL; nothing where the same one does."""
    if value is None or isinstance(value, bool):
        return ""
    n = f"{past(field, number)} + n"
    if isinstance(field, models.EmailField):
        return f"'copie' || ({n}) || '@exemple.test'"
    if isinstance(field, models.IntegerField):
        return n
    return f"CAST({n} AS TEXT)" if isinstance(field, models.CharField) else ""


def test_every_list_is_here():
    assert {model._meta.label_lower for model in admin.site._registry} == set(ROWS)


def address_of(label):
    return reverse(f"admin:{label.replace('.', '_')}_changelist")


def asked(client, address, query=None):
    """How many queries a list asks, and how many rows it says there are."""
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address, query)
    assert response.status_code == 200, (address, query)
    return len(queries), response.context["cl"].result_count


@pytest.mark.parametrize("label", ROWS)
def test_a_list_asks_as_many_queries_for_2500_rows_as_for_25(admin_client, label):
    row, address = ROWS[label](), address_of(label)
    copy(row, 25)
    asked(admin_client, address)  # content types are kept in memory from the first page on
    queries, rows = asked(admin_client, address)
    assert queries <= MOST_QUERIES
    assert rows >= 25
    copy(row, 2475)

    assert asked(admin_client, address) == (queries, rows + 2475)


@pytest.mark.parametrize("label", ROWS)
def test_every_choice_of_every_filter_and_a_search(admin_client, label):
    """Each first choice, then all counted, then words that nothing has: few queries, words."""
    copy(ROWS[label](), 25)
    address = address_of(label)
    page = admin_client.get(address).context["cl"]
    for spec in page.filter_specs:
        offered = [*spec.choices(page)][1:]
        for choice in offered:
            query = choice.get("query_string") or f"?{spec.parameter_name}={choice['value']}"
            queries, _ = asked(admin_client, address + query)
            assert queries <= MOST_QUERIES, query
    assert admin_client.get(address, {"_facets": "1"}).status_code == 200
    if page.search_fields:
        queries, rows = asked(admin_client, address, {"q": "introuvable l'école"})
        assert queries <= MOST_QUERIES
        assert rows == 0
