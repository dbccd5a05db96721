"""The demo's address book: who is entered when, and by whom."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any

from crm.models import Client
from crm.seeds.names import Names
from crm.seeds.trades import PRIVATE, TRADES, Trade
from crm.seeds.words import NOTES, Phrases
from crm.services.clients import create_client, delete_client
from crm.services.communications import plan_next_contact
from crm.services.contacts import add_contact
from expansion.rulebook.selectors import rules_on

CLIENTS = 300
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
ROLES = ("prospect",) * 8 + ("merchant", "channel")


@dataclass
class Entry:
    """A client of the story: its trade and contact person, who works it and since when."""

    trade: Trade
    name: str
    who: str
    seller: str
    since: date
    number: int
    client: Client | None = None
    talks: list[date] = field(default_factory=list)  # days of visits and calls, in order

    @property
    def person(self) -> bool:
        return self.trade is PRIVATE

    def after(self, day: date) -> date | None:
        """The next talk after a day."""
        return min((talk for talk in self.talks if talk > day), default=None)


class Book:
    """Draws up the clients and enters each on its day."""

    def __init__(self, demo: Any, phrases: Phrases):
        self.demo, self.phrases = demo, phrases
        self.names = Names(demo.chance)
        self.entries = sorted((self._draw(n) for n in range(CLIENTS)), key=lambda one: one.since)
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
        gone = self.entries[CLIENTS // 2]
        if not gone.talks:
            moment = self.demo.moment(self.demo.workday(gone.since, 3), 17)
            diary.enter(moment, partial(self._delete, gone))

    def _draw(self, number: int) -> Entry:
        demo, chance = self.demo, self.demo.chance
        trade = chance.choices(TRADES, [one.share for one in TRADES])[0]
        who = self.names.person()
        seller = list(SELLERS)[number] if number < len(SELLERS) else None
        name = who if trade is PRIVATE else self._firm(trade)
        weights = list(SELLERS.values())
        return Entry(
            trade=trade,
            name=name,
            who=who if trade is PRIVATE else self._addressed(who, trade),
            seller=seller or chance.choices(list(SELLERS), weights)[0],
            since=self._since(number),
            number=number,
        )

    def _firm(self, trade: Trade) -> str:
        place = self.demo.chance.choices(("南京", "江苏", "镇江", "扬州"), (7, 2, 1, 1))[0]
        return f"{place}{self.names.brand()}{self.demo.one(trade.firms)}"

    def _addressed(self, who: str, trade: Trade) -> str:
        """How a colleague is spoken of in a note: 王经理 for a manager, else the whole name."""
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
            name=entry.name,
            kind=Client.Kind.PERSON if entry.person else Client.Kind.FIRM,
            role=demo.one(ROLES),
            industry=trade.industry,
            business_scope="" if entry.person else demo.one(trade.scopes),
            preferences=demo.one(trade.wishes),
            source=demo.one(("telephone", "online", "field_visit", "field_visit")),
            size=None if entry.person else demo.chance.randrange(12, 620),
            size_rating=demo.chance.randrange(2, 6) if rated else None,
            spending_rating=demo.chance.randrange(2, 6) if rated else None,
            major=entry.seller == "manager",
            credit_code="" if entry.person or demo.often(40) else self.names.credit_code(),
            note=self.phrases.pick(NOTES),
            contact=self._contact(entry),
            **self.names.place(),
        )
        if not entry.person and demo.often(25):
            self._second_contact(entry)

    def _contact(self, entry: Entry) -> dict[str, str]:
        name = entry.who if len(entry.who) < 3 or entry.person else entry.who
        email = f"client{entry.number}@example.com" if self.demo.often(45) else ""
        post = "" if entry.person else self.demo.one(entry.trade.posts)
        return {"name": name, "post": post, "phones": self.names.phone(), "email": email}

    def _second_contact(self, entry: Entry) -> None:
        add_contact(
            actor=self.demo.people[entry.seller],
            record=entry.client,
            name=self.names.person(),
            phones=self.names.phone(),
            post=self.demo.one(("财务", "行政助理", "副总经理")),
        )

    def _delete(self, entry: Entry) -> None:
        delete_client(
            actor=self.demo.manager_on(self.demo.now), record=entry.client, reason="重复录入"
        )

    def plan_next_contacts(self) -> None:
        """So that every seller has somebody to call today, and a few left over from last week."""
        demo, rules = self.demo, rules_on()
        days = (demo.today, demo.today, -1, -2, 1, 2, 3, 5, 8)
        for seller in SELLERS:
            free = [one for one in self.of(seller) if one.client and not one.client.deleted_at]
            for entry, day in zip(demo.chance.sample(free, min(len(free), 9)), days, strict=False):
                self._plan(entry, day, rules)

    def _plan(self, entry: Entry, day: date | int, rules: Any) -> None:
        """A day that has passed was agreed on a week ahead of it."""
        demo = self.demo
        if isinstance(day, int):
            day = demo.next_workday(day) if day > 0 else demo.workday(
                demo.today + timedelta(days=2 * day)
            )
            day = min(day, demo.today - timedelta(days=1)) if day <= demo.today else day
        agreed = max(demo.moment(entry.since, 17, 55), demo.moment(demo.workday(day - timedelta(days=9)), 17))
        with demo.at(min(agreed, demo.now)):
            plan_next_contact(
                actor=demo.people[entry.seller], rules=rules, record=entry.client, day=day
            )
