"""The accounts that open a demonstration, on a developer's machine only."""

from accounts.models import User
from challenges.models import Proposal
from frenchimpact.seed.scenario import LEDONIEN
from territories.models import Coordinator, Demonstration, Territory

EMAIL = "administration@demonstration.invalid"
NAME = "Compte de démonstration"
COORDINATOR_EMAIL = "coordination@demonstration.invalid"
COORDINATOR_NAME = "Coordination de démonstration"


def open_accounts():
    """Make sure they exist; they have no password, their codes are mailed like any other."""
    if not User.objects.filter(email=EMAIL).exists():
        User.objects.create_superuser(EMAIL, name=NAME)
    coordinator = User.objects.filter(email=COORDINATOR_EMAIL).first()
    if coordinator is None:
        coordinator = User.objects.create_user(COORDINATOR_EMAIL, name=COORDINATOR_NAME)
    territory = Territory.objects.get(slug=LEDONIEN)
    if not Coordinator.objects.active().filter(user=coordinator, territory=territory).exists():
        Coordinator.objects.create(
            user=coordinator,
            territory=territory,
            role="referent",
            demonstration=Demonstration.objects.first(),
        )


def close_accounts():
    """Delete them, their rights and the history of these; return whether there were any."""
    accounts = [*User.objects.filter(email__in=[EMAIL, COORDINATOR_EMAIL])]
    Proposal.objects.filter(author__in=accounts).delete()
    Coordinator.objects.filter(user__in=accounts).delete()
    Coordinator.history.filter(user__in=accounts).delete()
    for account in accounts:
        account.delete()
    return bool(accounts)
