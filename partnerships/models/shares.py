"""Projects shared one by one."""

from django.db import models

from expansion.people.sharing import PersonShare, TeamShare
from partnerships.models.project import Project


class ProjectPersonShare(PersonShare):
    content_object = models.ForeignKey(Project, models.CASCADE, related_name="+")


class ProjectTeamShare(TeamShare):
    content_object = models.ForeignKey(Project, models.CASCADE, related_name="+")
