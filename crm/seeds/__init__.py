"""The client desk of the demo department: two and a half quarters of work, day by day."""

from typing import Any

from crm.models import Contract
from crm.seeds.cards import sheets
from crm.seeds.clients import Book
from crm.seeds.deals import Deals
from crm.seeds.phrases import Phrases
from crm.seeds.visits import Calls, Visits
from expansion.people.seeds import set_levels
from expansion.records import Level

LEVELS = {
    Level.SECRET: "含与总部约定的底价，只限经办人查看。",
    Level.CONFIDENTIAL: "折扣低于门店价目，不得外传。",
    Level.PUBLIC: "已在合作发布会上公布，可作样本。",
}


def sow(demo: Any) -> None:
    """Clients, visits, calls, leads, opportunities and contracts in the order of their moments."""
    diary, phrases = demo.diary(), Phrases(demo)
    book = Book(demo)
    book.enter(diary)
    visits = Visits(demo, phrases, book)
    visits.enter(diary)
    Calls(demo, phrases, book).enter(diary)
    Deals(demo, phrases, book, visits, diary).enter()
    diary.play()
    book.plan_next_contacts()
    visits.plan_ahead()
    dearest = Contract.objects.live().signed().order_by("-amount", "pk")
    set_levels(demo, dearest[: len(LEVELS)], LEVELS)
    demo.made["sheets"] = sheets(demo, book)
    demo.made["clients"] = [entry.client for entry in book.entries if entry.client]
