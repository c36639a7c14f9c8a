from challenges.models.challenge import Audience, Challenge, Theme
from challenges.models.objective import Milestone, Objective, Reading
from challenges.models.proposal import Proposal, ProposedChange
from challenges.models.report import ProgressReport

__all__ = [
    "Audience",
    "Challenge",
    "Milestone",
    "Objective",
    "ProgressReport",
    "Proposal",
    "ProposedChange",
    "Reading",
    "Theme",
]
