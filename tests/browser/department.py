"""The demo department with one record of every kind more, each in words that never break.

The demo's rows fill the lists as in real life; the house's own records carry the longest names a
person could type without a blank. So a page that is only good for short words shows it.
"""

from __future__ import annotations

from unittest.mock import patch

from django.contrib.auth.models import AnonymousUser

from appraisal.models import Appeal, ConsequenceCase, Result, Target
from expansion.approvals.models import Note
from expansion.home.seeding import Demo, sow
from expansion.people.models import User
from expansion.rulebook.selectors import version_on
from tests.architecture import records
from tests.architecture.records import House
from tests.cast import Cast

LONG = "Donaudampfschifffahrtsgesellschaftsakte"
PARTS = {
    "member": "member.client",
    "colleague": "member.client2",
    "outsider": "member.research",
    "partner_member": "member.partnership",
    "leader": "leader.client",
    "deputy": "deputy",
    "manager": "manager",
    "consolidator": "jiang.yun",
    "hr": "hr",
    "finance": "finance",
    "legal": "legal",
    "leadership": "leadership",
    "administrator": "admin",
    "liaison": "liaison",
    "deactivated": "deng.bo",
}


def furnished() -> House:
    """Sown and furnished; every record is one that somebody of the cast may open."""
    house = House(cast_of(sow()))
    find_appraisal(house)
    with patch.object(records, "marker", unbroken):
        for part in (
            records.build_desk,
            records.build_authority,
            build_contracts,
            records.build_partnerships,
            records.build_research,
            records.build_training,
            records.build_office,
            records.build_people,
            records.build_surveys,
            records.build_transfer,
            records.build_calendar,
        ):
            part(house)
    return house


def unbroken(kind: str) -> str:
    """One word of up to sixty letters, which the shortest column takes; another for each kind."""
    return f"{LONG}{kind}长江三角洲"


def cast_of(demo: Demo) -> Cast:
    """The demo's people by the part they play in every other test."""
    people = {part: User.objects.get(pk=demo.people[name].pk) for part, name in PARTS.items()}
    return Cast(**people, anonymous=AnonymousUser(), version=version_on())


def find_appraisal(house: House) -> None:
    """The demo's own scores: a cycle cannot be held twice."""
    results = Result.objects.filter(participant__owner=house.cast.member)
    result = house.keep("result", results.latest("pk"))
    house.keep("score", result.participant)
    house.keep("cycle", result.participant.cycle)
    house.keep("self-review", result.participant.reviews.get(party="self"))
    house.keep("target", Target.objects.latest("pk"))
    house.keep("appeal", Appeal.objects.latest("pk"))
    house.keep("case", ConsequenceCase.objects.latest("pk"))


def build_contracts(house: House) -> None:
    """As everywhere, among notes that are already there."""
    with patch.object(Note.objects, "get", lambda: Note.objects.latest("pk")):
        records.build_contracts(house)
