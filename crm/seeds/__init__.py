"""The client desk of the demo department: two and a half quarters of work, day by day."""

from typing import Any

from crm.seeds.cards import sheets
from crm.seeds.clients import Book
from crm.seeds.deals import Deals
from crm.seeds.phrases import Phrases
from crm.seeds.visits import Calls, Visits


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
    demo.made["sheets"] = sheets(demo, book)
    demo.made["clients"] = [entry.client for entry in book.entries if entry.client]
