from territories.admin.collective import CollectiveMemberAdmin, OrganisationAdmin
from territories.admin.label import CriterionAdmin, DesignationAdmin, TerritoryAdmin, WaveAdmin
from territories.admin.plan import CommitmentAdmin, InstrumentAdmin, MeasureAdmin, PillarAdmin

__all__ = [
    "CollectiveMemberAdmin",
    "CommitmentAdmin",
    "CriterionAdmin",
    "DesignationAdmin",
    "InstrumentAdmin",
    "MeasureAdmin",
    "OrganisationAdmin",
    "PillarAdmin",
    "TerritoryAdmin",
    "WaveAdmin",
]
