from challenges.admin.challenge import ChallengeAdmin, TagAdmin
from challenges.admin.decisions import ProposalAdmin
from challenges.admin.objective import ObjectiveAdmin
from challenges.admin.progress import ProgressReportAdmin, ReadingAdmin

__all__ = [
    "ChallengeAdmin",
    "ObjectiveAdmin",
    "ProgressReportAdmin",
    "ProposalAdmin",
    "ReadingAdmin",
    "TagAdmin",
]
