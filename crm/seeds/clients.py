"""The demo's address book: who is entered when, and by whom."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any

from crm.models import Client
from crm.seeds.names import Names
from crm.seeds.trades import PRIVATE, TRADES, Trade
from crm.seeds.words import NOTES
from crm.services.clients import create_client
from crm.services.communications import plan_next_contact
from crm.services.contacts import add_contact
from expansion.rulebook.selectors import rules_on

CLIENTS, ON_CARDS = 300, 17  # of them those that come by a workbook of visiting cards
# Who works clients, and the share of each; the two teams and, for major ones, the manager.
SELLERS = {
    "member.client": 15,
    "member.client2": 14,
    "zhao.yiming": 12,
    "shen.jiayi": 12,
    "dan.yu": 11,
    "qian.wen": 10,
    "leader.client": 8,
    "member.partnership": 6,
    "tang.ke": 4,
    "ma.rui": 4,
    "leader.partnership": 3,
    "manager": 1,
}
RATINGS = (1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5)
ROLES = ("prospect",) * 8 + ("merchant", "channel")


@dataclass
class Entry:
    """A client of the story: its trade and contact person, who works it and since when."""

    trade: Trade
    name: str
    contact: str
    who: str  # how the contact person is called in notes: 王经理
    seller: str
    since: date
    number: int
    client: Client | None = None
    phone: str = ""
    talks: list[date] = field(default_factory=list)  # days of visits and calls, in order

    @property
    def person(self) -> bool:
        return self.trade is PRIVATE

    def after(self, day: date) -> date | None:
        """The next talk after a day."""
        return min((talk for talk in self.talks if talk > day), default=None)


class Book:
    """Draws up the clients and enters each on its day."""

    def __init__(self, demo: Any):
        self.demo = demo
        self.rules = rules_on()
        self.names = Names(demo.chance)
        drawn = (self._draw(number) for number in range(CLIENTS - ON_CARDS))
        self.entries = sorted(drawn, key=lambda one: one.since)
        for seller in SELLERS:  # everybody has somebody to visit from the first day on
            self.of(seller)[0].since = self._first_day

    @property
    def _first_day(self) -> date:
        return self.demo.workday(self.demo.begins - timedelta(days=30))

    def of(self, seller: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.seller == seller]

    def enter(self, diary: Any) -> None:
        for entry in self.entries:
            diary.enter(self.demo.moment(entry.since, 9), partial(self._create, entry))

    def _draw(self, number: int) -> Entry:
        chance = self.demo.chance
        trade = chance.choices(TRADES, [one.share for one in TRADES])[0]
        who = self.names.person()
        seller = list(SELLERS)[number] if number < len(SELLERS) else None
        name = who if trade is PRIVATE else self.firm(trade)
        weights = list(SELLERS.values())
        return Entry(
            trade=trade,
            name=name,
            contact=who,
            who=who if trade is PRIVATE else self._addressed(who),
            seller=seller or chance.choices(list(SELLERS), weights)[0],
            since=self._since(number),
            number=number,
        )

    def firm(self, trade: Trade) -> str:
        """The name of a firm of the trade that nobody else has."""
        place = self.demo.chance.choices(("南京", "江苏", "镇江", "扬州"), (7, 2, 1, 1))[0]
        return f"{place}{self.names.brand()}{self.demo.one(trade.firms)}"

    def _addressed(self, who: str) -> str:
        return who if self.demo.often(50) else f"{who[0]}{self.demo.one(('经理', '主管', '总'))}"

    def _since(self, number: int) -> date:
        """Nearly half were there before the story begins; the others come one by one."""
        demo = self.demo
        last = demo.today - timedelta(days=1)
        first = self._first_day if number % 9 < 4 else demo.begins
        end = demo.begins if number % 9 < 4 else last
        return demo.one(demo.workdays(first, end))

    def _create(self, entry: Entry) -> None:
        demo, trade = self.demo, entry.trade
        rated = demo.often(70)
        entry.client = create_client(
            actor=demo.people[entry.seller],
            rules=self.rules,
            name=entry.name,
            kind=Client.Kind.PERSON if entry.person else Client.Kind.FIRM,
            role=demo.one(ROLES),
            industry=trade.industry,
            business_scope="" if entry.person else demo.one(trade.scopes),
            preferences=demo.one(trade.wishes),
            source=demo.one(("telephone", "online", "field_visit", "field_visit")),
            size=None if entry.person else demo.chance.randrange(12, 620),
            size_rating=demo.one(RATINGS) if rated else None,
            spending_rating=demo.one(RATINGS) if rated else None,
            major=entry.seller == "manager",
            credit_code="" if entry.person or demo.often(40) else self.names.credit_code(),
            note=demo.one(NOTES),
            contact=self._contact(entry),
            **self.names.place(),
        )
        if not entry.person and demo.often(25):
            self._second_contact(entry)

    def _contact(self, entry: Entry) -> dict[str, str]:
        email = f"client{entry.number}@example.com" if self.demo.often(45) else ""
        post = "" if entry.person else self.demo.one(entry.trade.posts)
        entry.phone = self.names.phone()
        return {"name": entry.contact, "post": post, "phones": entry.phone, "email": email}

    def _second_contact(self, entry: Entry) -> None:
        add_contact(
            actor=self.demo.people[entry.seller],
            record=entry.client,
            name=self.names.person(),
            phones=self.names.phone(),
            post=self.demo.one(("财务", "行政助理", "副总经理")),
        )

    def plan_next_contacts(self) -> None:
        """So that every seller has somebody to call today, and a few left over from last week."""
        rules, today = rules_on(), self.demo.today
        late = [self.demo.workday(today - timedelta(days=days)) for days in (5, 9)]
        due = [min(day, today - timedelta(days=1)) for day in late] + [today, today]
        ahead = [self.demo.next_workday(after) for after in (1, 2, 3, 5, 8)]
        for seller in SELLERS:
            free = [one for one in self.of(seller) if one.client]
            self.demo.chance.shuffle(free)
            for day in (*due, *ahead):
                quiet = [one for one in free if max([one.since, *one.talks]) < day]
                if quiet:
                    free.remove(quiet[0])
                    self._plan(quiet[0], day, rules)

    def _plan(self, entry: Entry, day: date, rules: Any) -> None:
        """Agreed on the evening of the last talk, a week ahead at most."""
        agreed = max([entry.since, *entry.talks, day - timedelta(days=7)])
        with self.demo.at(min(self.demo.moment(agreed, 18), self.demo.now)):
            plan_next_contact(
                actor=self.demo.people[entry.seller], rules=rules, record=entry.client, day=day
            )
