"""Pages of external statements."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import access
from expansion.office import tables_confidence as tables
from expansion.office.forms_confidence import ReleaseForm, StatementForm, SubmitForm
from expansion.office.models import Statement
from expansion.office.services import statements
from expansion.office.views.confidence import (
    ConfidenceAct,
    ConfidenceDetail,
    ConfidenceForm,
    ConfidenceList,
)
from expansion.rulebook.selectors import rules_on
from expansion.ui import formats


class StatementList(ConfidenceList):
    listing = tables.STATEMENTS
    create_route = "office:statement-create"
    create_label = lazy("New statement")
    empty = {
        "icon": "speakerphone",
        "title": lazy("No statements yet"),
        "text": lazy("What is said outside in the company’s name is written here and approved."),
    }


class StatementDetail(ConfidenceDetail):
    model = Statement
    related = ("owner", "team", "released_by")
    template = "office/statement.html"
    list_route = "office:statement-list"
    noun = "statement"

    def context(self, record: Statement) -> dict[str, Any]:
        person, status = self.request.user, record.status
        underway = status in Statement.UNDERWAY and status != Statement.Status.SUBMITTED
        return super().context(record) | {
            "heading": record.title,
            "badge": tables.statement_badge(record),
            "may_release": status == Statement.Status.APPROVED
            and access.can(person, "release", record),
            "may_withdraw": underway and access.can(person, "withdraw", record),
        }

    def facts(self, record: Statement) -> list[dict[str, Any]]:
        found = [
            {"label": _("Medium"), "value": record.get_kind_display()},
            {"label": _("Audience"), "value": record.audience},
            {"label": _("Planned release"), "value": formats.day_as("full", record.planned_on)},
        ]
        if record.released_by:
            found.append(
                {
                    "label": _("Released on"),
                    "value": formats.day_as("full", record.released_on),
                    "note": record.released_by.name,
                }
            )
        if record.released_where:
            found.append({"label": _("Released where"), "value": record.released_where})
        return found


class StatementForms(ConfidenceForm):
    model = Statement
    form = StatementForm
    list_route = "office:statement-list"


class StatementCreate(StatementForms):
    title = lazy("New statement")
    done = lazy("Saved. Add the material, then submit it.")

    def service(self, **values: Any) -> Statement:
        return statements.create_statement(**values)


class StatementEdit(StatementForms):
    action = "write"
    title = lazy("Edit statement")
    done = lazy("Statement saved")

    def load(self, pk: int | None) -> None:
        super().load(pk)
        statements.require_open(self.record)

    def service(self, **values: Any) -> Statement:
        return statements.change_statement(**values)


class StatementAct(ConfidenceAct):
    model = Statement
    list_route = "office:statement-list"


class StatementSubmit(StatementAct):
    action = "write"
    form = SubmitForm
    title = lazy("Submit for approval")
    note = lazy("Text and files stay as they are from now on.")
    verb = lazy("Submit")
    done = lazy("Submitted for approval")

    def service(self, **values: Any) -> Statement:
        return statements.submit_statement(rules=rules_on(), **values)


class StatementRelease(StatementAct):
    action = "release"
    form = ReleaseForm
    title = lazy("Record the release")
    verb = lazy("Record the release")
    done = lazy("Release recorded")

    def service(self, **values: Any) -> Statement:
        return statements.release_statement(**values)


class StatementWithdraw(StatementAct):
    action = "withdraw"
    danger = True
    title = lazy("Withdraw the statement")
    note = lazy("It will not be released. What was written and decided stays readable.")
    verb = lazy("Do not release it")
    done = lazy("Statement withdrawn")

    def service(self, **values: Any) -> Statement:
        return statements.withdraw_statement(**values)
