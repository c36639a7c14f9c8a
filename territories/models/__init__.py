from territories.models.collective import CollectiveMember, Organisation
from territories.models.demonstration import Demonstration
from territories.models.label import Criterion, Designation, Territory, Wave
from territories.models.plan import Commitment, Instrument, Measure, Pillar

__all__ = [
    "CollectiveMember",
    "Commitment",
    "Criterion",
    "Demonstration",
    "Designation",
    "Instrument",
    "Measure",
    "Organisation",
    "Pillar",
    "Territory",
    "Wave",
]
