"""The forms of the space, by what they are about."""

from space.forms.challenge import ChallengeForm
from space.forms.objective import ObjectiveForm
from space.forms.plan import CommitmentForm
from space.forms.point import PointForm
from space.forms.team import InvitationForm

__all__ = ["ChallengeForm", "CommitmentForm", "InvitationForm", "ObjectiveForm", "PointForm"]
