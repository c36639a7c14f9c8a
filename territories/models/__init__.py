from territories.models.collective import CollectiveMember, Organisation
from territories.models.demonstration import Demonstration
from territories.models.label import Criterion, Designation, Wave
from territories.models.plan import Commitment, Instrument, Measure, Pillar
from territories.models.team import Coordinator, Invitation
from territories.models.territory import Territory

__all__ = [
    "CollectiveMember",
    "Commitment",
    "Coordinator",
    "Criterion",
    "Demonstration",
    "Designation",
    "Instrument",
    "Invitation",
    "Measure",
    "Organisation",
    "Pillar",
    "Territory",
    "Wave",
]
