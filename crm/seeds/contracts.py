"""The demo's contracts: drawn up, decided step by step, signed, fulfilled, renewed."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from crm.models import Contract, Obligation
from crm.seeds import words
from crm.seeds.deal import Deal, Desk
from crm.services.contracts import create_contract, sign_contract, submit_contract, update_contract
from crm.services.obligations import add_obligation, complete_obligation
from expansion import clock
from expansion.approvals.models import Request, Step
from expansion.approvals.selectors import latest, open_step
from expansion.approvals.services import decide, withdraw
from expansion.approvals.signers import add_signer, hand_on


class Contracts:
    """Lets contracts be written and go through their chain; `signed` is what follows then."""

    signed: Callable[[Deal], None]

    def __init__(self, desk: Desk):
        self.desk, self.demo = desk, desk.demo
        self.asked: list[str] = list(words.ASKED)  # the ways in which nobody was asked yet

    def draft(self, deal: Deal) -> None:
        """The seller draws the contract up, with who owes what and when."""
        demo, desk, today = self.demo, self.desk, clock.today()
        starts = today + timedelta(days=demo.chance.randrange(8, 20))
        ends = starts + timedelta(days=demo.one((30, 60, 90, 180, 364)))
        amount = deal.opportunity.amount if deal.opportunity else deal.contract.amount
        partner = deal.entry.client.team.key == "partnership"
        kind = Contract.Kind.COOPERATION if partner else Contract.Kind.SALE
        deal.contract = create_contract(
            actor=desk.seller(deal),
            client=deal.entry.client,
            title=f"{deal.entry.name}{deal.title}合同"[:120],
            owner=desk.seller(deal),
            kind=demo.one((kind,) * 9 + ("lease", "purchase", "other")),
            amount=amount,
            starts_on=starts,
            ends_on=ends,
            scope=desk.say(deal, (words.SCOPE,), deal=deal.title),
            duties=words.DUTIES,
            payment=desk.say(deal, (words.PAYMENT,), sum=f"{amount:,.2f}"),
            special=desk.phrases.pick(words.SPECIAL),
            rules=desk.rules,
        )
        demo.keep("contracts", deal.contract)
        self._add_duties(deal, starts, ends, amount)
        if deal.stops != "draft":
            desk.next(1, partial(self._submit, deal))

    def renew(self, deal: Deal) -> None:
        """The same business for another term."""
        month = (clock.today() + timedelta(days=20)).month
        deal.title = f"{month}月{self.desk.phrases.facts(deal.entry)['deal']}续签"
        deal.opportunity = None
        self.draft(deal)

    def is_signed(self, deal: Deal) -> bool:
        return deal.contract is not None and deal.contract.status == Contract.Status.SIGNED

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
                actor=self.desk.seller(deal),
                record=deal.contract,
                party=party,
                what=what,
                due_on=due_on,
                amount=owed,
            )

    def _submit(self, deal: Deal) -> None:
        desk = self.desk
        deal.contract = submit_contract(
            actor=desk.seller(deal), record=deal.contract, rules=desk.rules
        )
        if deal.stops == "withdrawn":
            desk.next(0, partial(self._withdraw, deal))
        elif deal.stops != "submitted":
            request = latest(deal.contract)
            desk.next(self.demo.one((0, 0, 1)), partial(self._decide, deal, request))

    def _withdraw(self, deal: Deal) -> None:
        withdraw(actor=self.desk.seller(deal), request=latest(deal.contract))

    def _decide(self, deal: Deal, request: Request) -> None:
        """Whoever's turn it is: sends it back, turns it down, or passes it on."""
        step = open_step(request)
        if self._asks_another(deal, step):
            self._ask(request, self.asked.pop())
            self.desk.next(0, partial(self._decide, deal, request))
            return
        kind, comment = self._verdict(deal, request)
        actor = self._decider(step)
        request = decide(actor=actor, request=request, decision=kind, comment=comment)
        if kind == "return":
            deal.fate = "won"
            if deal.stops != "returned":
                self.desk.next(1, partial(self._mend, deal))
        elif kind == "approve" and deal.stops != step.role:
            passed = request.status == Request.Status.APPROVED
            act = partial(self._sign, deal) if passed else partial(self._decide, deal, request)
            self.desk.next(self.demo.one((0, 1)), act)

    def _asks_another(self, deal: Deal, step: Step) -> bool:
        others = Step.objects.filter(request=step.request).exclude(added_by=None)
        return bool(self.asked) and step.role == "legal" and not (deal.stops or others.exists())

    def _ask(self, request: Request, place: str) -> None:
        """Legal asks finance, once in each way."""
        legal, finance = self.demo.people["legal"], self.demo.people["finance"]
        reason = words.ASKED[place]
        if place == Step.Because.PASSED:
            hand_on(actor=legal, request=request, person=finance, reason=reason)
        else:
            add_signer(actor=legal, request=request, person=finance, place=place, reason=reason)

    def _verdict(self, deal: Deal, request: Request) -> tuple[str, str]:
        pick = self.desk.phrases.pick
        if "returned" in (deal.fate, deal.stops) and request.round == 1:
            return "return", pick(words.RETURNED)
        if deal.stops == "rejected":
            return "reject", pick(words.REJECTED)
        return "approve", pick(words.APPROVED)

    def _decider(self, step: Step) -> Any:
        if step.person:
            return self.demo.acting(step.person.username)
        if step.role == "manager":
            return self.demo.manager_on(clock.now())
        return self.demo.people[step.role]

    def _mend(self, deal: Deal) -> None:
        deal.contract.refresh_from_db()
        deal.contract = update_contract(
            actor=self.desk.seller(deal),
            record=deal.contract,
            payment=deal.contract.payment + "改期须提前七天书面提出，订金可顺延一次。",
            rules=self.desk.rules,
        )
        self._submit(deal)

    def _sign(self, deal: Deal) -> None:
        if deal.stops == "approved":
            return
        deal.contract = sign_contract(
            actor=self.desk.seller(deal),
            record=deal.contract,
            signed_on=clock.today(),
            signed_by_us="陈立群",
            signed_by_them=deal.entry.contact,
            rules=self.desk.rules,
        )
        for duty in deal.contract.obligations.all():
            if self.demo.often(97):
                late = self.demo.one((0,) * 7 + (2, 5, 12))  # working days
                day = self.demo.workday(max(duty.due_on, clock.today()), late)
                self.desk.diary.enter(
                    self.demo.moment(day, 16), partial(self._complete, deal, duty)
                )
        self.signed(deal)
        if deal.fate == "renewed":
            deal.fate = "won"
            self.desk.next(self.demo.chance.randrange(15, 40), partial(self.renew, deal))

    def _complete(self, deal: Deal, duty: Obligation) -> None:
        complete_obligation(actor=self.desk.seller(deal), record=duty, done_on=clock.today())
