"""Research reports shared one by one, before or beside their distribution."""

from django.db import models

from expansion.people.sharing import PersonShare, TeamShare
from research.models.report import ResearchReport


class ReportPersonShare(PersonShare):
    content_object = models.ForeignKey(ResearchReport, models.CASCADE, related_name="+")


class ReportTeamShare(TeamShare):
    content_object = models.ForeignKey(ResearchReport, models.CASCADE, related_name="+")
