from territories.admin.collective import CollectiveMemberAdmin, OrganisationAdmin
from territories.admin.label import CriterionAdmin, DesignationAdmin, TerritoryAdmin, WaveAdmin
from territories.admin.plan import CommitmentAdmin, InstrumentAdmin, MeasureAdmin, PillarAdmin
from territories.admin.team import CoordinatorAdmin, InvitationAdmin

__all__ = [
    "CollectiveMemberAdmin",
    "CommitmentAdmin",
    "CoordinatorAdmin",
    "CriterionAdmin",
    "DesignationAdmin",
    "InstrumentAdmin",
    "InvitationAdmin",
    "MeasureAdmin",
    "OrganisationAdmin",
    "PillarAdmin",
    "TerritoryAdmin",
    "WaveAdmin",
]
