"""The nouns of partnerships: Partner, Project, Milestone, ProjectCheck."""

from partnerships.models.partner import Partner
from partnerships.models.project import Milestone, Project, ProjectCheck
from partnerships.models.shares import ProjectPersonShare, ProjectTeamShare

__all__ = [
    "Milestone",
    "Partner",
    "Project",
    "ProjectCheck",
    "ProjectPersonShare",
    "ProjectTeamShare",
]
