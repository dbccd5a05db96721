"""The demo's leads, opportunities and contracts: each takes its steps one after the other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from itertools import cycle, product
from typing import Any

from crm.models import Contract, Lead, Obligation, Opportunity
from crm.seeds import words
from crm.seeds.clients import Book, Entry
from crm.seeds.visits import Visits
from crm.services.communications import plan_next_contact
from crm.services.contracts import create_contract, sign_contract, submit_contract, update_contract
from crm.services.leads import close_lead, create_lead, mark_condition, overrule_condition
from crm.services.obligations import add_obligation, complete_obligation
from crm.services.opportunities import (
    convert_lead,
    lose_opportunity,
    move_opportunity,
    update_opportunity,
    win_opportunity,
)
from expansion import clock
from expansion.approvals.models import Step
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide, withdraw
from expansion.rulebook.selectors import rules_on, version_on

# What becomes of a deal, of 100: won, won and renewed, or where it stops.
FATES = {
    "won": 50,
    "renewed": 14,
    "returned": 6,
    "lost": 12,
    "strategy": 3,
    "first_contact": 4,
    "visit": 4,
    "negotiation": 12,
    "back": 3,
}
DEALS = 108
MARKS = ("need_confirmed", "contact_named", "presentation_heard")
# The contracts of the last days: how long ago the round begins, and the last step of each.
ROUNDS = (
    (11, ("approved", "returned", "rejected", "withdrawn", "draft", "approved", "returned")),
    (4, ("submitted", "manager", "legal", "submitted", "manager", "legal", "submitted", "draft")),
)
STAGES = ("strategy", "first_contact", "visit", "negotiation")


@dataclass
class Deal:
    """One piece of business on its way."""

    entry: Entry
    fate: str
    title: str = ""
    lead: Lead | None = None
    opportunity: Opportunity | None = None
    contract: Contract | None = None
    stops: str = ""  # the step after which nothing follows any more


class Deals:
    """Chooses who does business, and lets each deal take its steps through the services."""

    def __init__(self, demo: Any, phrases: words.Phrases, book: Book, visits: Visits):
        self.demo, self.phrases, self.book = demo, phrases, book
        self.rules, self.version = rules_on(), version_on()
        self.visited: dict[int, list[date]] = {}
        for one in visits.appointments:
            if one.fate in ("planned", "unplanned"):
                self.visited.setdefault(one.entry.number, []).append(one.day)
        self.deals: list[Deal] = []

    def enter(self, diary: Any) -> None:
        self.diary = diary
        ready = [one for one in self.book.entries if one.number in self.visited]
        self.demo.chance.shuffle(ready)
        fates = self.demo.chance.choices(list(FATES), list(FATES.values()), k=DEALS)
        for entry, fate in zip(ready, fates, strict=False):
            self._begin(Deal(entry, fate, stops="" if fate not in STAGES else fate))
        self._enter_leads(ready[DEALS:] or ready)
        for days, steps in ROUNDS:
            day = self.demo.workday(self.demo.today - timedelta(days=days))
            diary.enter(self.demo.moment(day, 9, 5), partial(self._last_round, steps))

    # Leads that are no opportunity yet

    def _enter_leads(self, entries: list[Entry]) -> None:
        """Every mix of marks, and more of what a desk has most: new and effective ones."""
        mixes: list[tuple[bool | None, ...]] = list(product((True, False, None), repeat=3))
        mixes += [(None, None, None)] * 9 + [(True, True, True)] * 11
        for mix, entry in zip(mixes, cycle(entries), strict=False):
            self._enter_lead(Deal(entry, "lead"), mix)

    def _enter_lead(self, deal: Deal, mix: tuple[bool | None, ...]) -> None:
        demo = self.demo
        first = max(deal.entry.since + timedelta(days=1), demo.today - timedelta(days=55))
        days = demo.workdays(first, demo.today - timedelta(days=2)) or [demo.today]
        self.diary.enter(demo.moment(demo.one(days), 11), partial(self._lead_only, deal, mix))

    def _lead_only(self, deal: Deal, mix: tuple[bool | None, ...]) -> None:
        self._create_lead(deal)
        for key, met in zip(MARKS, mix, strict=True):
            if met is not None:
                self._mark(deal, key, met)
        if mix == (True, True, True):
            self._next(deal, 1, partial(self._agree, deal))
        elif mix == (False, True, True) or self.demo.often(10):
            self._next(deal, 1, partial(self._overrule, deal))
        elif False in mix and self.demo.often(35):
            reason = self.phrases.pick(words.INVALID)
            self._next(
                deal,
                3,
                lambda: close_lead(actor=self._seller(deal), record=deal.lead, reason=reason),
            )

    def _agree(self, deal: Deal) -> None:
        """The next contact that makes the last condition true: contact goes on."""
        plan_next_contact(
            actor=self._seller(deal),
            rules=self.rules,
            record=deal.entry.client,
            day=self.demo.next_workday(self.demo.chance.randrange(1, 12)),
        )

    def _overrule(self, deal: Deal) -> None:
        reason = self.phrases.pick(words.OVERRULED)
        overrule_condition(
            actor=self.demo.manager_on(clock.now()),
            rules=self.rules,
            record=deal.lead,
            key="need_confirmed",
            met="不应" not in reason,
            reason=reason,
        )

    def _create_lead(self, deal: Deal) -> None:
        entry = deal.entry
        kind = self.demo.one(entry.trade.deals)
        day = clock.today() + timedelta(days=self.demo.chance.randrange(14, 70))
        deal.title = f"{day.month}月{kind}" if "{" not in kind else kind
        deal.lead = create_lead(
            actor=self._seller(deal),
            client=entry.client,
            title=deal.title,
            need=self._say(deal, entry.trade.needs),
            source=self.demo.one(("telephone", "online", "field_visit")),
        )
        self.demo.keep("leads", deal.lead)

    def _mark(self, deal: Deal, key: str, met: bool = True) -> None:
        bank = words.EVIDENCE[key] if met else words.NOT_MET
        deal.lead.refresh_from_db()
        mark_condition(
            actor=self._seller(deal),
            rules=self.rules,
            record=deal.lead,
            key=key,
            met=met,
            evidence=self._say(deal, bank),
        )

    # A deal from the first hint to the signature

    def _begin(self, deal: Deal) -> None:
        self.deals.append(deal)
        days = self.visited[deal.entry.number]
        day = days[0] if self.demo.often(40) else self.demo.one(days)
        moment = self.demo.moment(day, 17, 40)
        self.diary.enter(moment, partial(self._lead, deal))

    def _lead(self, deal: Deal) -> None:
        self._create_lead(deal)
        self._mark(deal, "need_confirmed")
        self._mark(deal, "contact_named")
        self._next(deal, 1, partial(self._present, deal))

    def _present(self, deal: Deal) -> None:
        self._mark(deal, "presentation_heard")
        self._next(deal, 1, partial(self._convert, deal))

    def _convert(self, deal: Deal) -> None:
        low, high = deal.entry.trade.amounts
        expected = clock.today() + timedelta(days=self.demo.chance.randrange(20, 60))
        deal.lead.refresh_from_db()
        deal.opportunity = convert_lead(
            actor=self._seller(deal),
            record=deal.lead,
            rules_version=self.version,
            amount=Decimal(self.demo.chance.randrange(low, high, 200)),
            probability=self.demo.one((20, 30, 40, 50)),
            expected_on=expected,
        )
        self.demo.keep("opportunities", deal.opportunity)
        self._next(deal, 1, partial(self._move, deal, "strategy"))

    def _move(self, deal: Deal, stage: str) -> None:
        if deal.fate == "lost" and self.demo.often(30):
            self._lose(deal)
            return
        move_opportunity(actor=self._seller(deal), record=deal.opportunity, stage=stage)
        if stage == deal.stops:
            return
        if stage == STAGES[-1]:
            self._at_the_table(deal)
            return
        after = STAGES[STAGES.index(stage) + 1]
        self._next(deal, self.demo.chance.randrange(1, 4), partial(self._move, deal, after))

    def _at_the_table(self, deal: Deal) -> None:
        deal.opportunity.refresh_from_db()
        update_opportunity(
            actor=self._seller(deal),
            record=deal.opportunity,
            probability=self.demo.one((60, 70, 80)),
        )
        if deal.fate == "lost":
            self._next(deal, 3, partial(self._lose, deal))
        elif deal.fate == "back":
            self._next(deal, 2, partial(self._go_back, deal))
        else:
            self._next(deal, 1, partial(self._draft, deal))

    def _lose(self, deal: Deal) -> None:
        reason = self._say(deal, words.LOST)
        lose_opportunity(actor=self._seller(deal), record=deal.opportunity, reason=reason)

    def _go_back(self, deal: Deal) -> None:
        reason = self.phrases.pick(words.BACK)
        actor = self._seller(deal)
        move_opportunity(actor=actor, record=deal.opportunity, stage="first_contact", reason=reason)

    # Contracts

    def _draft(self, deal: Deal) -> None:
        demo, today = self.demo, clock.today()
        starts = today + timedelta(days=demo.chance.randrange(8, 20))
        ends = starts + timedelta(days=demo.one((30, 60, 90, 180, 364)))
        amount = deal.opportunity.amount if deal.opportunity else deal.contract.amount
        partner = deal.entry.client.team.key == "partnership"
        kind = Contract.Kind.COOPERATION if partner else Contract.Kind.SALE
        deal.contract = create_contract(
            actor=self._seller(deal),
            client=deal.entry.client,
            title=f"{deal.entry.name}{deal.title}合同"[:120],
            owner=self._seller(deal),
            kind=demo.one((kind,) * 9 + ("lease", "purchase", "other")),
            amount=amount,
            starts_on=starts,
            ends_on=ends,
            scope=self._say(deal, (words.SCOPE,), deal=deal.title),
            duties=words.DUTIES,
            payment=self._say(deal, (words.PAYMENT,), sum=f"{amount:,.2f}"),
            special=self.phrases.pick(words.SPECIAL),
        )
        demo.keep("contracts", deal.contract)
        self._add_duties(deal, starts, ends, amount)
        if deal.stops != "draft":
            self._next(deal, 1, partial(self._submit, deal))

    def _add_duties(self, deal: Deal, starts: date, ends: date, amount: Decimal) -> None:
        first = (amount * Decimal("0.3")).quantize(Decimal("0.01"))
        middle = starts + (ends - starts) / 2
        lines = (
            ("them", "签订后支付首期三成", starts, first),
            ("us", "提交活动执行方案和包房确认单", starts, None),
            ("them", "服务完成后支付余款", min(middle + timedelta(days=15), ends), amount - first),
        )
        for party, what, due_on, owed in lines:
            add_obligation(
                actor=self._seller(deal),
                record=deal.contract,
                party=party,
                what=what,
                due_on=due_on,
                amount=owed,
            )

    def _submit(self, deal: Deal) -> None:
        deal.contract.refresh_from_db()
        submit_contract(actor=self._seller(deal), record=deal.contract, rules=self.rules)
        if deal.stops == "withdrawn":
            self._next(
                deal, 0, lambda: withdraw(actor=self._seller(deal), request=latest(deal.contract))
            )
        elif deal.stops != "submitted":
            self._next(deal, self.demo.one((0, 0, 1)), partial(self._decide, deal))

    def _decide(self, deal: Deal) -> None:
        """Whoever's turn it is: sends it back, turns it down, or passes it on."""
        request = latest(deal.contract)
        step = request.steps.get(status=Step.Status.OPEN)
        kind, comment = self._verdict(deal, request)
        decide(actor=self._decider(step), request=request, decision=kind, comment=comment)
        if kind == "return":
            deal.fate = "won"
            if deal.stops != "returned":
                self._next(deal, 1, partial(self._mend, deal))
        elif kind == "approve" and deal.stops != step.role:
            last = not request.steps.filter(status=Step.Status.OPEN).exists()
            self._next(
                deal, self.demo.one((0, 1)), partial(self._sign if last else self._decide, deal)
            )

    def _verdict(self, deal: Deal, request: Any) -> tuple[str, str]:
        if "returned" in (deal.fate, deal.stops) and request.round == 1:
            return "return", self.phrases.pick(words.RETURNED)
        if deal.stops == "rejected":
            return "reject", self.phrases.pick(words.REJECTED)
        return "approve", self.phrases.pick(words.APPROVED)

    def _decider(self, step: Step) -> Any:
        if step.person:
            return self.demo.acting(step.person.username)
        if step.role == "manager":
            return self.demo.manager_on(clock.now())
        return self.demo.people[step.role]

    def _mend(self, deal: Deal) -> None:
        deal.contract.refresh_from_db()
        update_contract(
            actor=self._seller(deal),
            record=deal.contract,
            payment=deal.contract.payment + "改期须提前七天书面提出，订金可顺延一次。",
        )
        self._submit(deal)

    def _sign(self, deal: Deal) -> None:
        if deal.stops == "approved":
            return
        deal.contract.refresh_from_db()
        deal.contract = sign_contract(
            actor=self._seller(deal),
            record=deal.contract,
            signed_on=clock.today(),
            signed_by_us="陈立群",
            signed_by_them=deal.entry.contact,
        )
        for duty in deal.contract.obligations.all():
            if self.demo.often(93):
                day = max(duty.due_on, clock.today())
                moment = self.demo.moment(self.demo.workday(day), 16)
                self.diary.enter(moment, partial(self._complete, deal, duty))
        self._win(deal)
        if deal.fate == "renewed":
            deal.fate = "won"
            self._next(deal, self.demo.chance.randrange(15, 40), partial(self._renew, deal))

    def _complete(self, deal: Deal, duty: Obligation) -> None:
        complete_obligation(actor=self._seller(deal), record=duty, done_on=clock.today())

    def _win(self, deal: Deal) -> None:
        if deal.opportunity and deal.opportunity.status == Opportunity.Status.OPEN:
            actor = self._seller(deal)
            moved = move_opportunity(actor=actor, record=deal.opportunity, stage="signed")
            deal.opportunity = moved
            if self.demo.often(90):  # The others are followed up before they are closed.
                reason = self.phrases.pick(words.WON)
                deal.opportunity = win_opportunity(actor=actor, record=moved, reason=reason)

    def _renew(self, deal: Deal) -> None:
        deal.title = f"{deal.title}续签"
        deal.opportunity = None
        self._draft(deal)

    def _last_round(self, steps: tuple[str, ...]) -> None:
        """So that today contracts stand in every state, with somebody to decide them."""
        talks = [deal for deal in self.deals if self._at_negotiation(deal)]
        won = [deal for deal in self.deals if deal.fate == "won" and self._is_signed(deal)]
        for stops, deal in zip(steps, talks + won, strict=False):
            waits = deal.fate in ("won", "renewed", "returned") and deal.contract is None
            deal.fate, deal.stops = "round", stops
            if not waits:  # for a draft that is entered already
                self._next(deal, 0, partial(self._renew if deal.contract else self._draft, deal))

    def _is_signed(self, deal: Deal) -> bool:
        return deal.contract is not None and deal.contract.status == Contract.Status.SIGNED

    def _at_negotiation(self, deal: Deal) -> bool:
        if deal.opportunity is None or deal.contract or deal.fate in ("lost", "back"):
            return False
        deal.opportunity.refresh_from_db()
        return deal.opportunity.stage == STAGES[-1]

    # Small things

    def _next(self, deal: Deal, workdays: int, act: Callable[[], Any]) -> None:
        """The act on the so-manieth working day from now, later the same day when it is today."""
        now = clock.now()
        moment = now + timedelta(minutes=self.demo.chance.randrange(15, 70, 5))
        closes = self.demo.moment(clock.today(), 18, 30)
        if workdays or moment > closes:
            day = self.demo.workday(clock.today() + timedelta(days=1), max(workdays - 1, 0))
            moment = self.demo.moment(day)
        self.diary.enter(moment, act)

    def _seller(self, deal: Deal) -> Any:
        return self.demo.people[deal.entry.seller]

    def _say(self, about: Deal, bank: tuple[str, ...], **more: Any) -> str:
        entry = about.entry
        return self.phrases.say(bank, entry.trade, entry.who, clock.today(), **more)
