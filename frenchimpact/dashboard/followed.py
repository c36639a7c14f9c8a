"""The territories that the team follows, and how recent their news are."""

from datetime import timedelta

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from territories.freshness import FRESH_DAYS, QUIET_DAYS
from territories.models import Territory

# The filters of the list of territories that keep those the label's team follows.
FOLLOWED = "publication__exact=published&label=oui"
NEWS = {  # the choices of the filter on news, and the words of the portal
    "recentes": "À jour",
    "anciennes": "À rafraîchir",
    "silence": "Silencieux",
    "jamais": "Pas encore de nouvelles",
}


def list_of(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def followed():
    """The territories whose news the team expects: published, with a label in force."""
    return Territory.objects.published().labelled()


def news_of_territories():
    """How many territories followed are at each point of freshness, and since when one is silent.

    By the names of the filter of their list.
    """
    today = timezone.localdate()
    fresh = Q(active_on__gte=today - timedelta(days=FRESH_DAYS))
    silent = Q(active_on__lt=today - timedelta(days=QUIET_DAYS))
    return (
        followed()
        .with_activity()
        .aggregate(
            recentes=Count("pk", filter=fresh),
            anciennes=Count("pk", filter=Q(active_on__isnull=False) & ~fresh & ~silent),
            silence=Count("pk", filter=silent),
            jamais=Count("pk", filter=Q(active_on=None)),
            silent_since=Min("active_on", filter=silent),
        )
    )
