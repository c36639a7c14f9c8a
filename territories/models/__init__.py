from territories.models.collective import CollectiveMember, Organisation
from territories.models.deed import Deed
from territories.models.demonstration import Demonstration
from territories.models.former import FormerOrganisation
from territories.models.label import Criterion, Designation, Wave
from territories.models.plan import Commitment, Instrument, Measure, Pillar
from territories.models.team import Coordinator, Invitation
from territories.models.territory import Territory

__all__ = [
    "CollectiveMember",
    "Commitment",
    "Coordinator",
    "Criterion",
    "Deed",
    "Demonstration",
    "Designation",
    "FormerOrganisation",
    "Instrument",
    "Invitation",
    "Measure",
    "Organisation",
    "Pillar",
    "Territory",
    "Wave",
]
