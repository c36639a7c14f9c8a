"""A person who is in every column that may hold one, and a reading of the whole database."""

import json
import re
import unicodedata
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models

from challenges.models import Audience, Milestone, Proposal
from editorial.models import Passage
from frenchimpact.personal.inventory import ADDRESS as IN_PATH
from frenchimpact.personal.inventory import TEXTS, columns
from search import index
from space.models import Draft, Receipt, Refusal, Reminder, Viewing
from territories.models import CollectiveMember, Criterion, Deed, FormerOrganisation
from tests import factories

ADDRESS = "helene.oneil@exemple.test"
NAME = "Hélène O’Neil"
# What is left of both once nothing but letters is.
NEEDLE = "heleneoneil"


def planted(field, kind, n):
    if isinstance(field, models.JSONField):
        return {"texte": f"Avec HÉLÈNE O'NEIL, {n}", "liste": [ADDRESS]}
    if field.name == "change_message":
        return json.dumps([{"added": {"name": "compte", "object": NAME}}])  # escapes accents
    if kind is IN_PATH:
        return f"helene-oneil-{n}"
    if isinstance(field, models.URLField):
        return f"https://helene-o-neil.test/{n}"
    if isinstance(field, models.EmailField):
        return ADDRESS.upper()
    return f"{n} helene  o&#x27;neil ({ADDRESS})"


def plant(row):
    """Write the person in each text of a row, and in its history."""
    for field, kind in columns(type(row), *TEXTS).items():
        setattr(row, field.name, planted(field, kind, row.pk))
    row._change_reason = f"Import de helene_o'neil-{row.pk}.xlsx"
    row.save()
    return row


def build():
    """The person, another who worked beside, and what both left; returns the person."""
    user = factories.user(email=ADDRESS, name=NAME, is_staff=True)
    other = factories.user(name="Marie Curie")
    user.groups.add(Group.objects.get_or_create(name="rédaction")[0])
    user.user_permissions.add(Permission.objects.first())
    factories.second_factor(user)
    EmailAddress.objects.create(user=user, email=ADDRESS, verified=True, primary=True)
    territory = factories.territory()
    factories.coordinator(user=other, territory=territory)
    right = factories.coordinator(user=user, territory=territory)
    challenge = factories.challenge(territory=territory)
    objective = factories.objective(challenge=challenge)
    organisation = factories.organisation()
    proposal = Proposal.objects.create(challenge=challenge, author=user, decided_by=other)
    for owner in [user, other]:
        Receipt.objects.create(key=uuid4(), user=owner)
        Refusal.objects.create(user=owner, territory=territory)
        Reminder.objects.create(
            user=owner, kind="measure", object_id=1, moment=1, sent_on="2020-01-01"
        )
    past = {"until": "2020-01-01T00:30Z", "ended_at": "2020-01-01T00:20Z", "reason": NAME}
    Viewing.objects.create(user=user, viewer=other, started_at="2020-01-01T00:00Z", **past)
    seen = Viewing.objects.create(user=other, viewer=user, started_at="2020-01-01T00:00Z", **past)
    kinds = ContentType.objects.get_for_model
    plant(Draft.objects.create(user=user, address="/espace/"))
    rows = [
        territory,
        challenge,
        objective,
        organisation,
        proposal,
        right,
        factories.invitation(email=ADDRESS, territory=factories.territory(), invited_by=other),
        factories.manifesto(number=2, in_force=False),
        factories.wave(),
        factories.designation(),
        factories.pillar(),
        factories.measure(),
        factories.instrument(),
        factories.commitment(),
        factories.theme(),
        Audience.objects.create(name="Tous", slug="tous"),
        Milestone.objects.create(objective=objective, position=1, wording="Ouvrir"),
        factories.reading(objective=objective, by=user),
        factories.report(challenge=challenge, by=user),
        factories.proposed_change(challenge=challenge),
        factories.manifesto().statements.get(),
        Criterion.objects.create(position=1, wording="a", source="b", source_url="https://c.test"),
        CollectiveMember.objects.create(territory=territory, organisation=organisation),
        FormerOrganisation.objects.create(slug="avant", key=1, organisation=organisation),
        seen,
        Passage.objects.get_or_create(key="home_lead")[0],
        factories.notice(),
        Draft.objects.create(user=other, address="/espace/"),
        Deed.objects.create(by=user, about=kinds(user), name="acte", told="Fait"),
        factories.message(state="sent", sent_on="2020-01-01T00:00Z"),
        LogEntry.objects.create(
            user=user, content_type=kinds(user), object_id=f"{user.pk}", action_flag=2
        ),
    ]
    for row in rows:
        plant(row)
    # An older version, that no present text repeats.
    challenge.need = "Rien."
    challenge.save()
    factories.invitation(invited_by=user)
    factories.message(to=ADDRESS, key="une-fois", subject=f"Pour {NAME}", error=f"550 {ADDRESS}")
    index.rebuild()
    return user


def columns_with_text():
    """(table, column, value) of every value of the database, as text."""
    names = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for table in names:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  (our own tables)
            titles = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(titles, row, strict=True):
                    yield table, column, as_text(value)


def as_text(value):
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)


def bare(text):
    letters = unicodedata.normalize("NFD", text.replace("&#x27;", "")).lower()
    return "".join(letter for letter in letters if letter.isascii() and letter.isalnum())


def places(needle=NEEDLE):
    """The (table, column) pairs where the person still is."""
    return {(table, column) for table, column, text in columns_with_text() if needle in bare(text)}
