"""What the space forgets: it keeps of people only what still serves them."""

from datetime import timedelta

from django.utils import timezone

from space.models import Draft, Receipt, Reminder, Viewing

RECEIPT_DAYS = 7  # far longer than a page is sent again
DRAFT_DAYS = 90  # since it was last typed in
REMINDER_DAYS = 400  # what still waits was told of again meanwhile, by a later reminder
VIEWING_DAYS = 400  # of the list that the person reads; the journal keeps its own lines


def purge(at=None) -> dict[str, int]:
    """Delete what is older than its delay; return how many of each, by their name in French."""
    at = at or timezone.now()
    outdated = {
        "Accusés de réception": Receipt.objects.filter(
            received_at__lt=at - timedelta(days=RECEIPT_DAYS)
        ),
        "Brouillons": Draft.objects.filter(saved_at__lt=at - timedelta(days=DRAFT_DAYS)),
        "Rappels": Reminder.objects.filter(
            sent_on__lt=timezone.localdate(at) - timedelta(days=REMINDER_DAYS)
        ),
        "Regards de l’équipe": Viewing.objects.filter(
            started_at__lt=at - timedelta(days=VIEWING_DAYS)
        ),
    }
    return {words: rows.delete()[0] for words, rows in outdated.items()}
