"""One piece of business of the demo, and what each of its steps needs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from crm.models import Contract, Lead, Opportunity
from crm.seeds.clients import Entry
from crm.seeds.phrases import Phrases
from expansion import clock
from expansion.rulebook.selectors import rules_on, version_on

# The stages of the pipeline between the first information and the signature.
STAGES = ("strategy", "first_contact", "visit", "negotiation")


@dataclass
class Deal:
    """A deal on its way: what is to become of it, and what it has come to."""

    entry: Entry
    fate: str
    title: str = ""
    lead: Lead | None = None
    opportunity: Opportunity | None = None
    contract: Contract | None = None
    stops: str = ""  # the step after which nothing follows any more


class Desk:
    """The diary, the rules and the phrases that the steps of all deals share."""

    def __init__(self, demo: Any, phrases: Phrases, diary: Any):
        self.demo, self.phrases, self.diary = demo, phrases, diary
        self.rules, self.version = rules_on(), version_on()

    def next(self, workdays: int, act: Callable[[], Any]) -> None:
        """The act so many working days from now; with 0 later today, where the day is not over."""
        now = clock.now()
        moment = now + timedelta(minutes=self.demo.chance.randrange(15, 70, 5))
        closes = self.demo.moment(clock.today(), 18, 30)
        if workdays or moment > closes:
            day = self.demo.workday(clock.today() + timedelta(days=1), max(workdays - 1, 0))
            moment = self.demo.moment(day)
        self.diary.enter(moment, act)

    def seller(self, deal: Deal) -> Any:
        return self.demo.people[deal.entry.seller]

    def say(self, about: Deal, bank: tuple[str, ...], **more: Any) -> str:
        return self.phrases.say(bank, about.entry, clock.today(), **more)
