"""Which matters are major and whose they are, and who closes a deal of which size (R-exp-06).

Limits of the rulebook are in CNY. What is in another currency cannot be compared with them and
lies beyond each that is set: rather one decider too many than one too few.
"""

from collections.abc import Iterable, Iterator
from datetime import time, timedelta
from decimal import Decimal
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from crm.models import BottomLine, Client, Contract, Escalation, Opportunity
from expansion import access, clock, worktime
from expansion.approvals.approvers import SUPERIOR, answers, holders_of
from expansion.approvals.models import Request
from expansion.approvals.rights import has_approved
from expansion.approvals.selectors import latest
from expansion.approvals.wording import role_label, step_label
from expansion.errors import Forbidden, NotNow
from expansion.offers import Size
from expansion.people.models import Role, Unit, User
from expansion.people.selectors import superior_of
from expansion.rulebook.deciding import exceeds
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import rules_on
from expansion.ui import formats

Deal = Opportunity | Contract


class Venture(Protocol):
    """What an app above puts forward as a matter: worked with a client, of a kind, of a size."""

    @property
    def kind(self) -> str: ...

    @property
    def client(self) -> Client: ...

    @property
    def client_id(self) -> int: ...

    @property
    def owner(self) -> User: ...

    @property
    def owner_id(self) -> int: ...

    @property
    def team(self) -> Unit: ...

    @property
    def team_id(self) -> int: ...

    @property
    def amount(self) -> Decimal | None: ...

    @property
    def currency(self) -> str: ...


Matter = Client | Deal | Venture

MARKED, GRADE, AMOUNT, TERM, CONDITIONS = "marked", "grade", "amount", "term", "conditions"
KIND = "kind"
# That a deal stays below its bottom line is no word for everybody who sees the matter.
TRIGGERS = {
    MARKED: lazy("marked as major"),
    GRADE: lazy("grade of the client"),
    AMOUNT: lazy("amount"),
    TERM: lazy("term of the contract"),
    CONDITIONS: lazy("conditions of the deal"),
    KIND: lazy("kind of project"),
}
CONTRACT = "contract"  # the chain by which a contract is approved


def ruling(rules: Rules | None) -> Rules:
    """The rules given, else those in force: no act slips by for want of them."""
    return rules or rules_on()


# What is major, and whose it is


def triggers_of(record: Matter, rules: Rules) -> list[str]:
    """Why the matter is major now, by the keys of `TRIGGERS`; empty for an ordinary one."""
    met = {*_by_itself(record), *ruled_major(record, rules)}
    return [key for key in TRIGGERS if key in met]


def _by_itself(record: Matter) -> Iterator[str]:
    if isinstance(record, Client) and record.major:
        yield MARKED
    if isinstance(record, (Opportunity, Contract)) and below_line(record):
        yield CONDITIONS


def ruled_major(record: Matter, rules: Rules) -> list[str]:
    """The same as far as the rulebook says which grade, amount, term or kind makes it so."""
    if isinstance(record, Client):
        return list(_of_client(record, rules))
    if isinstance(record, (Opportunity, Contract)):
        return list(_of_deal(record, rules))
    return list(_of_venture(record, rules))


def _of_client(client: Client, rules: Rules) -> Iterator[str]:
    if client.grade in {one.key for one in rules.crm.grading.grades if one.major.value}:
        yield GRADE


def _of_deal(deal: Deal, rules: Rules) -> Iterator[str]:
    if _is_large(deal, rules):
        yield AMOUNT
    if isinstance(deal, Contract) and _reaches(deal, rules.authority.major_term.value):
        yield TERM


def _of_venture(venture: Venture, rules: Rules) -> Iterator[str]:
    if _is_large(venture, rules):
        yield AMOUNT
    if venture.kind in rules.authority.major_kinds.value:
        yield KIND


def _is_large(work: Deal | Venture, rules: Rules) -> bool:
    least = rules.authority.major_amount.value
    return least is not None and exceeds(work.amount, work.currency, least, reached=True)


def _reaches(contract: Contract, term: worktime.Limit) -> bool:
    """Whether it runs that long; one without an end runs longer than any term."""
    if contract.starts_on is None or not term:
        return False
    whole = worktime.deadline(clock.moment_on(contract.starts_on, time()), term)
    after = contract.ends_on + timedelta(days=1) if contract.ends_on else None
    return whole is None or after is None or after >= clock.local_date(whole)


def below_line(deal: Deal) -> bool:
    """Whether the deal falls below its bottom line.

    A contract belongs to no single opportunity: it is held against those lines of its client that
    are still being talked about, and has to keep each of them.
    """
    return any(undercuts(deal, line) for line in _lines(deal))


def _lines(deal: Deal) -> Iterable[BottomLine]:
    if isinstance(deal, Opportunity):
        return BottomLine.objects.filter(opportunity=deal.pk)
    talked_about = Opportunity.objects.live().open().filter(client=deal.client_id)
    return BottomLine.objects.filter(opportunity__in=talked_about.order_by().values("pk"))


def undercuts(deal: Deal, line: BottomLine) -> bool:
    """Whether amount or term stay below the line; another currency cannot keep it."""
    if deal.amount is not None and line.price is not None:
        if deal.currency != line.currency or deal.amount < line.price:
            return True
    if not isinstance(deal, Contract) or not (deal.starts_on and deal.ends_on):
        return False
    least = worktime.add_months(deal.starts_on, line.term_months or 0)
    return bool(line.term_months) and deal.ends_on + timedelta(days=1) < least


def size_of(contract: Contract) -> Size:
    """How large the contract is, for who else has to decide over it."""
    return Size(
        amount=contract.amount,
        currency=contract.currency,
        grade=contract.client.grade,
        level=contract.level,
        below_line=below_line(contract),
    )


def decision_role(record: Matter, rules: Rules) -> str:
    """Whose decision a major matter is, as a word of the rulebook (A-2.2.1d)."""
    ours = rules.authority
    if isinstance(record, Contract):
        cooperation = record.kind == Contract.Kind.COOPERATION
    else:
        cooperation = not isinstance(record, (Client, Opportunity))
    return (ours.major_cooperation_owner if cooperation else ours.major_client_owner).value


def decision_owners(role: str, team: Unit, owner: User) -> list[User]:
    """Who holds that role for a matter of this team and owner, in person."""
    if role == SUPERIOR:
        above = superior_of(owner)
        return [above] if above else []
    return holders_of(role, team)


def decides(person: User, one: Escalation) -> int | None:
    """In whose right the person decides the matter: the own id, or that of who is absent.

    Whoever acts for somebody decides nothing that they work themselves (law 6).
    """
    theirs = person.pk in (one.owner_id, one.client.owner_id)
    for seat in person.seats:
        holder = seat.acting_for or person.pk
        asked = holder == one.decider_id
        if not one.decider_id:
            asked = answers(seat, one.role, one.team_id)
        if asked and not (seat.acting_for and theirs):
            return holder
    return None


def decider_names(one: Escalation) -> str:
    """Who decides the matter: the people, or the role where nobody holds it."""
    found = [one.decider] if one.decider else decision_owners(one.role, one.team, one.owner)
    return _(", ").join(str(person) for person in found) or role_label(one.role)


# Who closes a deal of which size


def own_limit(person: User, action: str, deal: Deal, rules: Rules) -> Decimal | None:
    """Up to which amount the person does this with the deal; None for any amount.

    The manager's own limit is none of these: beyond it the manager acts once that is approved.
    """
    rule, own = access.rule_of(type(deal)), _is_own(person, deal)
    roles = [
        seat.role
        for seat in person.seats
        if rule.covers(person, seat, action, deal) and not (seat.acting_for and own)
    ]
    limits = [_limit(role, rules) for role in roles or [Role.MEMBER]]
    known = [limit for limit in limits if limit is not None]
    return max(known) if len(known) == len(limits) else None


def _is_own(person: User, deal: Deal) -> bool:
    return person.pk in (deal.owner_id, deal.client.owner_id)


def _limit(role: str, rules: Rules) -> Decimal | None:
    ours = rules.authority
    if role == Role.MANAGER:
        return None
    if role in (Role.LEADER, Role.DEPUTY):
        return ours.leader_limit.value
    return ours.member_limit.value


def needs_leadership(deal: Deal, rules: Rules) -> bool:
    """Whether the deal lies beyond the manager's authority, and who is to approve it has not.

    What is closed already asks for nothing any more.
    """
    closed = deal.status in (Contract.Status.SIGNED, Contract.Status.REJECTED)
    if closed or deal.status in (Opportunity.Status.WON, Opportunity.Status.LOST):
        return False
    if not beyond(rules):
        return False
    large = exceeds(deal.amount, deal.currency, rules.authority.manager_limit.value)
    if isinstance(deal, Opportunity):
        return large and not any(_covering(deal, rules))
    return (large or below_line(deal)) and not granted(deal, rules)


def beyond(rules: Rules) -> tuple[str, ...]:
    """Who decides over a contract beyond the manager's authority."""
    rule = rules.approval(CONTRACT)
    return rule.beyond_authority.value or rules.authority.beyond_limit_chain.value


def granted(contract: Contract, rules: Rules) -> bool:
    """Whether all who decide beyond the manager's authority have approved in the last round, and it
    ended well. An earlier round, or one without them, grants nothing; neither does a step of theirs
    that was handed on to somebody else."""
    request = latest(contract)
    if request is None or request.status != Request.Status.APPROVED:
        return False
    return all(has_approved(request, step) for step in beyond(rules))


def _covering(deal: Opportunity, rules: Rules) -> Iterator[bool]:
    """The contracts of the client that were granted while it was talked about, and are as large."""
    decided = (Contract.Status.APPROVED, Contract.Status.SIGNED)
    found = Contract.objects.live().filter(
        client=deal.client_id,
        status__in=decided,
        approved_at__gte=deal.created_at,
        currency=deal.currency,
        amount__gte=deal.amount,
    )
    return (granted(contract, rules) for contract in found)


def require_decision(person: User, one: Escalation) -> int:
    """In whose right the person decides the matter.

    Raises:
        NotNow: it has been decided; the sentence says by whom.
        Forbidden: the decision is somebody else's.
    """
    if not one.is_open:
        words = {"name": one.decided_by, "outcome": one.get_outcome_display()}
        raise NotNow(_("%(name)s has decided this already: %(outcome)s.") % words)
    holder = decides(person, one)
    if holder is None:
        raise Forbidden(_("Only %(names)s decides this.") % {"names": decider_names(one)})
    return holder


# What stands in the way, in a sentence that says who may


def held_up(person: User, record: Matter) -> str:
    """That the matter waits for somebody else's decision; empty where it does not."""
    found = Escalation.objects.open().over(record).select_related("client", "decider", "owner")
    waiting = next((one for one in found if decides(person, one) is None), None)
    if waiting is None:
        return ""
    words = {"names": decider_names(waiting)}
    return _("This is a major matter: %(names)s decides first who carries it on.") % words


def over_limit(person: User, action: str, deal: Deal, rules: Rules) -> str:
    """That the amount is beyond the person's own limit, and who acts instead."""
    limit = own_limit(person, action, deal, rules)
    if limit is None or not exceeds(deal.amount, deal.currency, limit):
        return ""
    words = {"limit": formats.money(limit), "who": _who_closes(deal, rules)}
    first = (
        _("Above %(limit)s the contract is signed by %(who)s.")
        if isinstance(deal, Contract)
        else _("Above %(limit)s the opportunity is closed by %(who)s.")
    )
    said = [first % words, _beyond_words(rules), _foreign(deal)]
    return " ".join(filter(None, said))


def _who_closes(deal: Deal, rules: Rules) -> str:
    """The nearest above whose limit is high enough, by role and name."""
    limit = rules.authority.leader_limit.value
    low = exceeds(deal.amount, deal.currency, limit)
    roles = [Role.MANAGER] if low else [Role.LEADER, Role.MANAGER]
    for role in roles:
        found = [one for one in holders_of(role, deal.team) if one.pk != deal.owner_id]
        if found:
            names = _(", ").join(str(one) for one in found)
            return _("%(role)s (%(names)s)") % {"role": role_label(role), "names": names}
    return role_label(Role.MANAGER)


def _beyond_words(rules: Rules) -> str:
    limit = rules.authority.manager_limit.value
    if limit is None:
        return ""
    words = {"limit": formats.money(limit), "who": _deciders_beyond(rules)}
    return _("Beyond %(limit)s the approval of %(who)s is needed first.") % words


def _deciders_beyond(rules: Rules) -> str:
    return _(", ").join(step_label(step) for step in beyond(rules))


def _foreign(deal: Deal) -> str:
    if deal.currency == "CNY":
        return ""
    return _("Limits are in CNY: an amount in another currency counts as beyond them.")


def unmeasured(person: User, action: str, deal: Deal, rules: Rules) -> str:
    """That the amount is not known by which a limit is kept."""
    if deal.amount is not None or own_limit(person, action, deal, rules) is None:
        return ""
    return _("Enter the amount first: it decides who may close this.")


def not_granted(deal: Deal, rules: Rules) -> str:
    """That leadership's approval is still missing; empty where it is not needed, or there."""
    if not needs_leadership(deal, rules):
        return ""
    words = {"who": _deciders_beyond(rules)}
    first = (
        _("Leader approval required: %(who)s has to approve the contract before it is signed.")
        if isinstance(deal, Contract)
        else _("Leader approval required: %(who)s has to approve the contract before this is won.")
    )
    return " ".join(filter(None, [first % words, _foreign(deal)]))


def obstacles(person: User, action: str, deal: Deal, rules: Rules) -> tuple[str, str]:
    """What keeps the person from closing the deal at all, and what is missing for signing or
    winning it; empty where nothing does. To lose a deal commits nobody, so nobody approves it."""
    refused = held_up(person, deal) or over_limit(person, action, deal, rules)
    if refused:
        return refused, ""
    return "", unmeasured(person, action, deal, rules) or not_granted(deal, rules)


def require_authority(
    person: User, action: str, deal: Deal, rules: Rules, *, losing: bool = False
) -> None:
    """Lets the signature or the closing pass.

    Raises:
        Forbidden: the matter waits for its owner, or is beyond the person's limit.
        NotNow: leadership's approval is missing, or the amount by which a limit is kept.
    """
    refused, missing = obstacles(person, action, deal, rules)
    if refused:
        raise Forbidden(refused)
    if missing and not losing:
        raise NotNow(missing)


def require_decided(person: User, record: Matter) -> None:
    """Lets whoever decides over the matter act, and everybody once it is decided.

    Raises:
        Forbidden: it waits for somebody else.
    """
    if refused := held_up(person, record):
        raise Forbidden(refused)


def require_no_discount(
    person: User, deal: Deal | Venture, before: Decimal | None, currency: str
) -> None:
    """Nobody but its owner lowers the amount of a major matter that waits for a decision; another
    currency may be less as well.

    Raises:
        Forbidden: the amount is lower, and the matter waits for somebody else.
    """
    kept = deal.amount is not None and before is not None and deal.amount >= before
    if before is None or (kept and deal.currency == currency):
        return
    require_decided(person, deal)
