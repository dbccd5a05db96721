"""The demo's business: who does it, what becomes of it, and what stands half-way today."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from crm.seeds.clients import SELLERS, Book, Entry
from crm.seeds.contracts import Contracts
from crm.seeds.deal import STAGES, Deal, Desk
from crm.seeds.leads import Leads
from crm.seeds.opportunities import Opportunities
from crm.seeds.phrases import Phrases
from crm.seeds.visits import Visits

DEALS = 106
# What becomes of a deal, of 100: won, won and renewed, or where it stops.
FATES = {
    "won": 32,
    "renewed": 12,
    "returned": 8,
    "lost": 16,
    "strategy": 4,
    "first_contact": 6,
    "visit": 6,
    "negotiation": 12,
    "back": 4,
}
# How many deals each seller brings home in a closed quarter, whatever else there is; about half
# as many have come in this quarter.
BROUGHT_HOME = {
    "member.client": 4,
    "member.client2": 3,
    "zhao.yiming": 3,
    "shen.jiayi": 2,
    "dan.yu": 3,
    "qian.wen": 1,
    "leader.client": 3,
    "member.partnership": 1,
    "tang.ke": 1,
    "ma.rui": 1,
    "leader.partnership": 1,
}
# The contracts of the last days: how many working days ago the round begins, and the last step of
# each. Those that are to come far begin early, or somebody has been waiting for too long today.
ROUNDS = (
    (9, ("approved", "returned", "rejected", "withdrawn", "draft", "approved", "returned")),
    (6, ("legal", "manager", "legal")),
    (3, ("submitted", "manager", "submitted", "submitted", "draft")),
)


class Deals:
    """Chooses who does business, and lets each deal take its steps through the services."""

    def __init__(self, demo: Any, phrases: Phrases, book: Book, visits: Visits, diary: Any):
        self.demo, self.book = demo, book
        self.desk = Desk(demo, phrases, diary)
        self.leads, self.contracts = Leads(self.desk), Contracts(self.desk)
        self.opportunities = Opportunities(self.desk, self.leads, self.contracts)
        self.visited: dict[int, list[date]] = {}
        for one in visits.appointments:
            if one.fate in ("planned", "unplanned"):
                self.visited.setdefault(one.entry.number, []).append(one.day)
        self.deals: list[Deal] = []

    def enter(self) -> None:
        ready = [one for one in self.book.entries if one.number in self.visited]
        self.demo.chance.shuffle(ready)
        for seller in SELLERS:
            self._bring_home(seller, ready)
        while len(self.deals) < DEALS and ready:
            entry = ready.pop()
            self._begin(entry, self._fate(entry))
        self.leads.enter(ready or self.book.entries)
        today = self.demo.today
        past = self.demo.workdays(today - timedelta(days=40), today - timedelta(days=1))
        for days, steps in ROUNDS:
            day = past[-days]
            act = partial(self._last_round, steps)
            self.desk.diary.enter(self.demo.moment(day, 9, 5), act)

    def _bring_home(self, seller: str, ready: list[Entry]) -> None:
        """The deals of a seller that are begun early enough to be signed in their quarter."""
        wanted = BROUGHT_HOME.get(seller, 0)
        for quarter in (*self.demo.closed_quarters, self.demo.quarter):
            most = wanted if quarter.end < self.demo.today else (wanted + 1) // 2
            last = quarter.start + timedelta(days=45)
            early = [
                one
                for one in ready
                if one.seller == seller and self._talked(one, quarter.start, last)
            ]
            for number, entry in enumerate(early[:most]):
                ready.remove(entry)
                again = number == 0 and most == wanted and seller != self.demo.struggling
                day = self._talked(entry, quarter.start, last)[0]
                self._begin(entry, "renewed" if again else "won", day)

    def _talked(self, entry: Entry, start: date, end: date) -> list[date]:
        return [day for day in self.visited[entry.number] if start <= day <= end]

    def _fate(self, entry: Entry) -> str:
        fate = self.demo.chance.choices(list(FATES), list(FATES.values()))[0]
        if entry.seller == self.demo.struggling and fate in ("won", "renewed", "returned"):
            return "lost"
        return fate

    def _begin(self, entry: Entry, fate: str, day: date | None = None) -> None:
        deal = Deal(entry, fate, stops=fate if fate in STAGES else "")
        self.deals.append(deal)
        days = self.visited[entry.number]
        day = day or (days[0] if self.demo.often(40) else self.demo.one(days))
        moment = self.demo.moment(day, 17, 40)
        self.desk.diary.enter(moment, partial(self.opportunities.begin, deal))

    def _last_round(self, steps: tuple[str, ...]) -> None:
        """So that today contracts stand in every state, with somebody to decide them."""
        contracts = self.contracts
        talks = [deal for deal in self.deals if self.opportunities.at_the_table(deal)]
        won = [deal for deal in self.deals if deal.fate == "won" and contracts.is_signed(deal)]
        for stops, deal in zip(steps, talks + won, strict=False):
            waits = deal.fate in ("won", "renewed", "returned") and deal.contract is None
            deal.fate, deal.stops = "round", stops
            if not waits:  # for a draft that is entered already
                act = contracts.renew if deal.contract else contracts.draft
                self.desk.next(0, partial(act, deal))
