"""``purge_space``: what the space forgets, and what it keeps."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from space.models import Draft, Receipt, Reminder, Viewing
from tests import factories

pytestmark = pytest.mark.django_db


def test_receipts_of_a_week_drafts_of_a_quarter_and_the_rest_of_a_year_go(capsys):
    user, now = factories.user(), timezone.now()
    for days in [6, 8]:
        receipt = Receipt.objects.create(key=uuid4(), user=user)
        Receipt.objects.filter(pk=receipt.pk).update(received_at=now - timedelta(days=days))
    for days in [89, 91]:
        draft = Draft.objects.create(user=user, address=f"/espace/{days}/")
        Draft.objects.filter(pk=draft.pk).update(saved_at=now - timedelta(days=days))
    for days in [400, 401]:
        sent_on = timezone.localdate() - timedelta(days=days)
        Reminder.objects.create(
            user=user, kind="measure", object_id=days, moment=1, sent_on=sent_on
        )

    for days in [399, 401]:
        started = now - timedelta(days=days)
        Viewing.objects.create(
            user=user, reason="Aide", started_at=started, until=started + timedelta(minutes=30)
        )

    call_command("purge_space")

    assert capsys.readouterr().out.splitlines() == [
        "Consultations closes\u00a0: 2.",
        "Accusés de réception supprimés\u00a0: 1.",
        "Brouillons supprimés\u00a0: 1.",
        "Rappels supprimés\u00a0: 1.",
        "Regards de l’équipe supprimés\u00a0: 1.",
    ]
    assert Receipt.objects.get().received_at > now - timedelta(days=7)
    assert Draft.objects.get().address == "/espace/89/"
    assert Reminder.objects.get().object_id == 400
    assert Viewing.objects.get().started_at > now - timedelta(days=400)
    call_command("purge_space")
    assert (Receipt.objects.count(), Draft.objects.count()) == (1, 1)
