"""The client desk of a small department: a deal at every stage, some signed in each period.

Which stages there are, what each asks for and who approves a contract is read from the rules.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle, pairwise
from typing import Any

from crm import own_fields
from crm import preset_words as words
from crm.models import Client, Contract, Lead, Opportunity, Visit
from crm.models.opportunity import CLIENT_PIPELINE
from crm.services.clients import create_client
from crm.services.contracts import create_contract, sign_contract, submit_contract
from crm.services.leads import CONTINUING, create_lead, mark_condition
from crm.services.obligations import add_obligation, complete_obligation
from crm.services.opportunities import (
    convert_lead,
    lose_opportunity,
    move_opportunity,
    win_opportunity,
)
from crm.services.visits import log_visit, plan_visit
from expansion import clock
from expansion.people.models import User
from expansion.people.selectors import home_unit
from expansion.rulebook.selectors import version_on
from expansion.rulebook.values import offered

APPROVED = "approved_contract"  # the gate that a contract opens
WON, LOST, LEAD = "won", "lost", "lead"
FRESH = 45  # days ago the deals begin that rest somewhere today
SIGNING = 3  # contracts signed in each closed period, at most
AGAIN = 24  # days between two visits to the same client


@dataclass
class Deal:
    """A client of the story, whose it is, since when, and the stage at which it rests."""

    number: int
    seller: User
    begins: date
    rests: str
    pipeline: str


def sow(demo: Any) -> None:
    """Every deal goes its way through the services, each act at its own moment."""
    diary, desk = demo.diary(), Desk(demo)
    for deal in _deals(demo):
        diary.tell(demo.moment(deal.begins, 10), desk.story(deal))
    diary.play()
    demo.made["clients"] = list(Client.objects.live())
    demo.made["visits"] = list(Visit.objects.live())


def _deals(demo: Any) -> Iterator[Deal]:
    """Some signed in each period, one resting at every stage of every pipeline, and for each seller
    a mere lead in every period; the sellers take turns, of a team's own pipeline those of the
    team."""
    fresh = demo.workday(demo.today - timedelta(days=FRESH))
    early = [demo.workday(period.start, 3) for period in demo.closed_quarters]
    sellers = demo.sellers
    turns, client = cycle(sellers), CLIENT_PIPELINE
    planned = [(day, WON, client, next(turns)) for day in early for _seller in sellers[:SIGNING]]
    for one in demo.rules.walked_by("opportunities"):
        of_team = cycle([each for each in sellers if home_unit(each).key == one.team] or sellers)
        shift = of_team if one.team else turns
        rests = (*(stage.key for stage in one.open_stages), LOST, WON)
        planned += [(fresh, rest, one.key, next(shift)) for rest in rests]
    planned += [
        (demo.workday(day, 4), LEAD, client, next(turns)) for day in early for _seller in sellers
    ]
    for number, (begins, rests, pipeline, seller) in enumerate(planned):
        yield Deal(number, seller, begins, rests, pipeline)


class Desk:
    """Tells the story of a deal, from the first entry to where it rests."""

    def __init__(self, demo: Any):
        self.demo, self.rules = demo, demo.rules

    def story(self, deal: Deal) -> Iterator[int]:
        demo = self.demo
        client = self._client(deal)
        visit = self._plan(deal, client)
        yield 1
        self._record(deal, visit)
        lead = self._lead(deal, client)
        if deal.rests == LEAD:
            yield from self._keep_visiting(deal, client)
            return
        yield 1
        opportunity = self._convert(deal, lead)
        yield from self._move_on(deal, opportunity)
        if deal.rests == WON:
            yield from self._keep_visiting(deal, client)
        demo.keep("deals", deal)

    def _move_on(self, deal: Deal, opportunity: Opportunity) -> Iterator[int]:
        """From stage to stage; where the next one asks for a contract, that is approved first."""
        contract = None
        stages = self.rules.pipeline(deal.pipeline).open_stages
        for before, stage in pairwise(stages):
            yield 1
            if deal.rests == LOST:
                lost = {"reason": words.LOST, "rules": self.rules}
                lose_opportunity(actor=self._actor(deal), record=opportunity, **lost)
                return
            if APPROVED in stage.requires.value:
                contract = self._submit(deal, opportunity)
            if deal.rests == before.key:
                return  # where a contract was asked for, it waits with its first approver
            if APPROVED in stage.requires.value:
                yield from self.demo.approve(contract)
                yield 1
                yield from self._sign(deal, contract)
            opportunity = move_opportunity(
                actor=self._actor(deal), record=opportunity, stage=stage.key
            )
        if deal.rests == WON:
            yield 1
            won = {"reason": words.WON, "rules": self.rules}
            win_opportunity(actor=self._actor(deal), record=opportunity, **won)

    def _actor(self, deal: Deal) -> User:
        return self.demo.fresh(deal.seller)

    def _client(self, deal: Deal) -> Client:
        demo, number = self.demo, deal.number
        trade, industry, scope, wishes = words.TRADES[number % len(words.TRADES)]
        brand = words.BRANDS[number // len(words.TRADES) % len(words.BRANDS)]
        sources, street = self.rules.crm.sources, demo.one(words.DISTRICTS)
        if own_fields.of_territory(self.rules):
            industry = words.BUILDINGS[number % len(words.BUILDINGS)]
        return create_client(
            actor=self._actor(deal),
            name=words.FIRM.format(brand=brand, trade=trade),
            industry=industry,
            business_scope=scope,
            preferences=wishes,
            source=sources[number % len(sources)].key,
            region=street[:3],
            category=next((one.key for one in offered(self.rules.crm.client_kinds)), ""),
            size=demo.chance.randrange(20, 400),
            size_rating=demo.chance.randrange(2, 6),
            spending_rating=demo.chance.randrange(2, 6),
            address=words.ADDRESS.format(street=street, number=demo.chance.randrange(8, 290)),
            contact={
                "name": demo.one(words.FAMILY) + demo.one(words.GIVEN),
                "post": demo.one(words.POSTS),
                "phones": f"1377{demo.chance.randrange(10**6, 10**7)}",
                "email": f"client{number}@example.com",
            },
            **(self._texts(own_fields.of_client(self.rules)) if number % 2 else {}),
        )

    def _plan(self, deal: Deal, client: Client) -> Visit:
        """For the morning of the next working day."""
        tomorrow = self.demo.workday(clock.today() + timedelta(days=1))
        return plan_visit(
            actor=self._actor(deal),
            client=client,
            planned_at=self.demo.moment(tomorrow, 10, 0),
            purpose=self.demo.one(words.PURPOSES),
            place=client.address,
        )

    def _record(self, deal: Deal, visit: Visit) -> None:
        demo, asked = self.demo, own_fields.of_visit(self.rules)
        log_visit(
            actor=self._actor(deal),
            rules=self.rules,
            record=visit,
            took_place_at=visit.planned_at,
            said=demo.one(words.SAID),
            **self._texts(asked if demo.chance.randrange(6) else asked[:-1]),
            next_contact_on=demo.workday(clock.today() + timedelta(days=AGAIN)),
        )

    def _texts(self, asked: list[own_fields.Asked]) -> dict[str, Any]:
        """A text under each entry of which the words know something."""
        known = [one for one in asked if one.key in words.NOTED]
        return own_fields.packed({one.name: self.demo.one(words.NOTED[one.key]) for one in known})

    def _lead(self, deal: Deal, client: Client) -> Lead:
        """A lead with every condition marked that a person marks."""
        lead = create_lead(
            actor=self._actor(deal),
            client=client,
            title=words.DEALS[deal.number % len(words.DEALS)],
            need=self.demo.one(words.NEEDS),
            source=client.source,
            long_cycle=words.LONG if self._takes_long(deal) else "",
        )
        for condition in self.rules.crm.effective_lead.conditions:
            if condition.key != CONTINUING:
                lead = mark_condition(
                    actor=self._actor(deal),
                    rules=self.rules,
                    record=lead,
                    key=condition.key,
                    met=True,
                    evidence=words.EVIDENCE.get(condition.key, words.EVIDENCE_OTHER),
                )
        return self.demo.keep("leads", lead)

    def _takes_long(self, deal: Deal) -> bool:
        """Some of the mere leads, where the rulebook has an interval for them."""
        limit = self.rules.sla.long_cycle_follow_up.value
        return bool(limit) and deal.rests == LEAD and deal.number % 4 == 0

    def _convert(self, deal: Deal, lead: Lead) -> Opportunity:
        opportunity = convert_lead(
            actor=self._actor(deal),
            record=lead,
            rules_version=version_on(),
            pipeline=deal.pipeline,
            amount=Decimal(self.demo.chance.randrange(60, 480) * 100),
            probability=40,
            expected_on=clock.today() + timedelta(days=40),
        )
        return self.demo.keep("opportunities", opportunity)

    def _submit(self, deal: Deal, opportunity: Opportunity) -> Contract:
        """Drawn up, with who owes what, and handed to the chain of the rules."""
        starts, actor = clock.today() + timedelta(days=14), self._actor(deal)
        contract = create_contract(
            rules=self.rules,
            actor=actor,
            client=opportunity.client,
            title=words.CONTRACT.format(client=opportunity.client.name, deal=opportunity.title),
            kind=Contract.Kind.SALE,
            amount=opportunity.amount,
            starts_on=starts,
            ends_on=starts + timedelta(days=300),
            scope=words.SCOPE,
            duties=words.DUTIES,
            payment=words.PAYMENT.format(amount=f"{opportunity.amount:,.2f}"),
            special=words.SPECIAL,
        )
        for place, (party, what) in enumerate(words.OWED):
            add_obligation(
                actor=actor,
                record=contract,
                party=party,
                what=what,
                due_on=starts + timedelta(days=28 * place),
                amount=opportunity.amount / 2 if party == "them" else None,
            )
        contract = submit_contract(actor=actor, record=contract, rules=self.rules)
        return self.demo.keep("contracts", contract)

    def _sign(self, deal: Deal, contract: Contract) -> Iterator[int]:
        contract.refresh_from_db()
        signed = sign_contract(
            actor=self._actor(deal),
            record=contract,
            signed_on=clock.today(),
            signed_by_us=self.demo.manager_of(deal.seller).name,
            signed_by_them=contract.client.contacts.first().name,
            rules=self.rules,
        )
        self.demo.keep("signed", signed)
        yield 1

    def _keep_visiting(self, deal: Deal, client: Client) -> Iterator[int]:
        """Every few weeks until today, duties ticked off as they fall due."""
        while clock.today() < self.demo.today - timedelta(days=AGAIN + 5):
            yield AGAIN
            self._tick(deal, client)
            visit = self._plan(deal, client)
            yield 1
            self._record(deal, visit)

    def _tick(self, deal: Deal, client: Client) -> None:
        for contract in client.contracts.signed():
            for duty in contract.obligations.filter(done_on=None, due_on__lte=clock.today()):
                complete_obligation(actor=self._actor(deal), record=duty, done_on=clock.today())
