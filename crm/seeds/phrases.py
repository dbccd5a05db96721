"""Sentences about a client that fit each other: its event, its house, its competitor stay."""

from datetime import date, timedelta
from typing import Any

from crm.seeds.clients import Entry
from crm.seeds.words import RIVALS, STORES


class Phrases:
    """Fills sentences with the particulars of a client, none used up too soon."""

    def __init__(self, demo: Any):
        self.demo = demo
        self._unused: dict[tuple[str, ...], list[str]] = {}
        self._facts: dict[int, dict[str, Any]] = {}
        self._said: dict[int, set[str]] = {}

    def pick(self, bank: tuple[str, ...]) -> str:
        """The next of a shuffled bank; it is shuffled anew when all have been used."""
        left = self._unused.get(bank)
        if not left:
            left = self._unused[bank] = self.demo.chance.sample(bank, len(bank))
        return left.pop()

    def say(self, bank: tuple[str, ...], entry: Entry, on: date, **more: Any) -> str:
        """A sentence of the bank as somebody writes it of this client on a day."""
        values = self.facts(entry) | {"day": self._event(entry, on)} | more
        return self._fresh(bank, entry).format(**values)

    def facts(self, entry: Entry) -> dict[str, Any]:
        """What the client wants: how many people, for how much, where, and who else offers it."""
        if entry.number not in self._facts:
            chance, private = self.demo.chance, entry.person
            self._facts[entry.number] = {
                "n": chance.randrange(14, 46) if private else chance.randrange(24, 180),
                "rooms": "两三四五六"[chance.randrange(5)],
                "price": chance.randrange(48, 198, 10),
                "sum": f"{chance.randrange(30, 480) * 100:,}",
                "store": chance.choice(STORES),
                "rival": chance.choice(RIVALS),
                "deal": chance.choice(entry.trade.deals),
                "who": entry.who,
            }
        return self._facts[entry.number]

    def _event(self, entry: Entry, on: date) -> str:
        """The day of the client's next event; the one after it once it is near."""
        facts = self.facts(entry)
        if facts.get("event", date.min) < on + timedelta(days=4):
            facts["event"] = on + timedelta(days=self.demo.chance.randrange(12, 75))
        day = facts["event"]
        return f"{day.month}月{day.day}日"

    def _fresh(self, bank: tuple[str, ...], entry: Entry) -> str:
        """A sentence that has not been said of this client yet, while there is one."""
        said = self._said.setdefault(entry.number, set())
        for _try in bank:
            text = self.pick(bank)
            if text not in said:
                break
        said.add(text)
        return text
