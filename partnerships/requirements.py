"""What a stage of the partnership pipeline asks of a project before it may enter (A-3.3.4a).

The rulebook names the requirements; the project's own papers meet those of `OWN`, what concerns
the partner's firm is looked up by the client desk. What nothing meets is met by an override only.
"""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from crm.requirements import LOOKUPS
from crm.requirements import sentence as client_sentence
from expansion.rulebook.selectors import rules_of
from expansion.rulebook.work import Pipeline
from partnerships.models import Project

OWN: Mapping[str, Callable[[Project], bool]] = {
    "scheme": lambda project: bool(project.scheme.strip()),
    "evaluation": lambda project: bool(project.evaluation.strip()),
}


def pipeline_of(project: Project) -> Pipeline:
    """The stages of the project's own rulebook, in order."""
    return rules_of(project.rules_version).pipeline("partnership")


def stage_keys(project: Project) -> list[str]:
    return [stage.key for stage in pipeline_of(project).open_stages]


def missing(project: Project, stage: str) -> list[str]:
    """What is missing for `stage` and for all between: none is jumped over; as sentences."""
    keys = stage_keys(project)
    place = keys.index(project.stage) if project.stage in keys else -1
    passed = keys[place + 1 : keys.index(stage) + 1]
    pipeline = pipeline_of(project)
    asked = [key for one in passed for key in pipeline.stage(one).requires.value]
    return [sentence(key) for key in dict.fromkeys(asked) if not _met(key, project)]


def _met(key: str, project: Project) -> bool:
    if key in OWN:
        return OWN[key](project)
    return key in LOOKUPS and LOOKUPS[key](project.partner.client_id).exists()


def sentence(key: str) -> str:
    """What is asked for, in words."""
    own = {
        "scheme": _("a written cooperation scheme"),
        "evaluation": _("a written evaluation"),
    }
    return own.get(key) or client_sentence(key)
