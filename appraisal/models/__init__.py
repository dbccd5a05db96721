"""Appraisal: cycles, who takes part, what was counted, who judged, what came out."""

from appraisal.models.appeal import Appeal, Preparation
from appraisal.models.consequence import MEASURE, ConsequenceCase
from appraisal.models.cycle import Cycle, Participant, Stage, Target
from appraisal.models.figures import Evidence, Line
from appraisal.models.result import Result, WorkbookExport
from appraisal.models.review import Rating, Review

__all__ = [
    "MEASURE",
    "Appeal",
    "ConsequenceCase",
    "Cycle",
    "Evidence",
    "Line",
    "Participant",
    "Preparation",
    "Rating",
    "Result",
    "Review",
    "Stage",
    "Target",
    "WorkbookExport",
]
