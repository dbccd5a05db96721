"""Contracts: written, reviewed, signed and carried out; and the reports of the client desk."""

from functools import partial

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from crm.models import Contract, Obligation
from expansion import clock, compliance
from expansion.approvals.compliance import chain_line, decided_in_time
from expansion.approvals.models import Request
from expansion.compliance import Check, Fact, Query, Screen
from expansion.office.compliance import reports
from expansion.rulebook.schema import Rules


def contract_texts(rules: Rules, clause: str) -> Query:
    """Contracts handed in: kept where content, rights and duties, and payment are written.

    A contract counts once, when it was handed in first (A-3.2.5b).
    """
    contract = Contract.objects.live().filter(pk=OuterRef("about_id"))
    written = [~Q(**{name: ""}) for name in Contract.REQUIRED_SECTIONS]
    handed_in = Request.objects.filter(Exists(contract), kind="contract", round=1)
    return Query(
        handed_in.prefetch_related("about"),
        person="owner_id",
        due="submitted_at",
        done="submitted_at",
        kept=Q(Exists(contract.filter(*written))),
        record="about",
    )


def signed_after_approval(rules: Rules, clause: str) -> Query:
    """Signed contracts: kept where the last approval came no later than the signature."""
    signed = Contract.objects.live().signed()
    return Query(
        signed.annotate(approved_on=TruncDate("approved_at", tzinfo=clock.zone())),
        person="signed_owner_id",
        due="signed_on",
        done="approved_at",
        kept=Q(approved_on__lte=F("signed_on")),
    )


def obligations(rules: Rules, clause: str) -> Query:
    """What both sides owe by signed contracts: kept where it was done by its day (A-3.2.6b)."""
    signed = {"contract__status": Contract.Status.SIGNED, "contract__deleted_at": None}
    return Query(
        Obligation.objects.filter(**signed).select_related("contract"),
        person="contract__owner_id",
        team="contract__team_id",
        due="due_on",
        done="done_on",
        kept=Q(done_on__lte=F("due_on")),
        open=Q(done_on=None, due_on__gte=clock.today()),
    )


def contract_chain(rules: Rules) -> list[str]:
    """Who approves a contract."""
    return [chain_line(rules, "contract")]


REPORTS = ("C-3.3.3", "D-3.2.4d", "E3-3.3b", "E3-3.4", "E11-2.3.1")

compliance.add(
    Check(
        "crm.contract_texts",
        _("Contract texts complete when handed in"),
        contract_texts,
        clauses=("A-3.2.5b",),
        due=_("handed in"),
        done=_("handed in"),
    ),
    Check(
        "crm.signed_after_approval",
        _("Contracts approved before they are signed"),
        signed_after_approval,
        clauses=("A-3.2.6a", "D-2.1.4b"),
        due=_("signed"),
        done=_("approved"),
        settings=("approvals.contract.chain",),
    ),
    Check(
        "crm.contract_reviews",
        _("Contracts reviewed in time"),
        partial(decided_in_time, "contract"),
        clauses=("B-3.1.5a", "E9-3.1h"),
        due=_("decision due"),
        done=_("decided"),
        settings=("approvals.contract.chain", "approvals.contract.step_limit"),
    ),
    Check(
        "crm.obligations",
        _("Obligations met by their day"),
        obligations,
        clauses=("A-3.2.6b", "B-3.1.5c"),
        due=_("due"),
        done=_("done"),
    ),
    Check(
        "crm.reports",
        _("Reports handed in in time"),
        reports,
        clauses=REPORTS,
        due=_("due"),
        done=_("handed in"),
        by_clause=True,
    ),
    Fact(
        "crm.contract_chain",
        contract_chain,
        ("A-3.2.5b", "A-3.2.6a", "B-3.1.5a", "D-2.1.4b", "E7-3.2", "E9-3.1h"),
    ),
    Screen(
        "crm:contract-list",
        _("Contracts"),
        (
            *("A-3.2.5b", "A-3.2.6a", "B-3.1.5a", "B-3.1.5b", "B-4.1.2", "D-2.1.4a", "D-2.1.4b"),
            *("D-2.2.2c", "E7-3.2", "E7-3.4", "E9-3.1h"),
        ),
    ),
    Screen("crm:obligation-list", _("Obligations"), ("A-3.2.6b", "B-3.1.5c", "D-2.2.2c")),
    Screen("office:report-list", _("Reports"), REPORTS),
)
