"""What a stage of the partnership pipeline asks of a project before it may enter (A-3.3.4a), and
what its start asks for (R-par-08).

The rulebook names the requirements; the project's own papers meet those of `OWN`, what concerns
the partner's firm is looked up by the client desk. What nothing meets is met by an override only.

A scheme is written and approved by the chain `cooperation_scheme` (R-par-03); where a rulebook has
no such chain, written is enough.
"""

from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext as _

from crm.requirements import LOOKUPS
from crm.requirements import sentence as client_sentence
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import rules_of
from expansion.rulebook.work import Pipeline
from partnerships.models import Project

SCHEME = "cooperation_scheme"  # the chain by which a scheme is approved


def asks_approval(rules: Rules) -> bool:
    """Whether somebody approves schemes under these rules."""
    return rules.approval_if_any(SCHEME) is not None


def _has_scheme(project: Project) -> bool:
    if asks_approval(rules_of(project.rules_version)):
        return project.scheme_status == Project.SchemeStatus.APPROVED
    return bool(project.scheme.strip())


OWN: Mapping[str, Callable[[Project], bool]] = {
    "scheme": _has_scheme,
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
    return _lacking(asked, project)


def missing_to_start(project: Project) -> list[str]:
    """What its rulebook asks for before work begins and is not there; as sentences (R-par-08)."""
    rules = rules_of(project.rules_version)
    return _lacking(rules.partnerships.start_requires.value, project)


def _lacking(asked: Iterable[str], project: Project) -> list[str]:
    return [sentence(key, project) for key in dict.fromkeys(asked) if not _met(key, project)]


def _met(key: str, project: Project) -> bool:
    if key in OWN:
        return OWN[key](project)
    return key in LOOKUPS and LOOKUPS[key](project.partner.client_id).exists()


def sentence(key: str, project: Project) -> str:
    """What is asked for, in words."""
    written = key == "scheme" and bool(project.scheme.strip())
    own = {
        "scheme": _("the approval of the cooperation scheme")
        if written
        else _("a written cooperation scheme"),
        "evaluation": _("a written evaluation"),
    }
    return own.get(key) or client_sentence(key)
