"""The demo's visits and calls: planned, checked in, recorded, late, missed, called off."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from crm.models import Visit
from crm.seeds.clients import SELLERS, Book, Entry
from crm.seeds.phrases import Phrases
from crm.seeds.words import (
    CALLS,
    CANCELLED,
    COMMENTS,
    CONCERNS,
    FIRST_OPENINGS,
    FOLLOW_UPS,
    MAILS,
    MATERIALS,
    MESSAGES,
    OPENINGS,
    OPINIONS,
    PURPOSES,
    UNLOCATED,
    UNREACHED,
    WISHED_BY,
)
from crm.services.check_in import check_in, give_position_consent
from crm.services.communications import log_communication
from crm.services.feedback import comment_visit, mark_visit_read
from crm.services.visits import cancel_visit, log_visit, mark_missed_visits, plan_visit
from expansion import worktime
from expansion.rulebook.selectors import rules_on

VISITS, AHEAD, CALL_COUNT = 900, 48, 290
HOURS = (9, 10, 11, 14, 15, 16)
PAID = ("planned", "unplanned", "late")  # the fates of a visit that took place
CONSENTING = ("member.client", "zhao.yiming", "dan.yu", "member.partnership", "leader.client")
OUTCOMES: tuple[tuple[str, ...], ...] = (
    ("met_decider", "interested"),
    ("interested", "wants_proposal"),
    ("interested",),
    ("wants_proposal",),
    ("met_decider", "wants_proposal"),
    ("no_need",),
    (),
)


@dataclass
class Appointment:
    """One visit of the story: who goes where and when, and how it ends."""

    entry: Entry
    arrives: datetime
    fate: str  # "planned", "unplanned", "late", "cancelled" or "missed"
    visit: Visit | None = None

    @property
    def day(self) -> date:
        return worktime.local_date(self.arrives)


class Visits:
    """Draws a calendar in which nobody is in two places at once, and lives through it."""

    def __init__(self, demo: Any, phrases: Phrases, book: Book):
        self.demo, self.phrases, self.book = demo, phrases, book
        self.rules = rules_on()
        self._seen: dict[int, date] = {}
        self._first: dict[int, date] = {}
        self.appointments = self._draw(VISITS - AHEAD)
        for one in self.appointments:
            if one.fate in PAID:
                one.entry.talks.append(one.day)
                self._first.setdefault(one.entry.number, one.day)

    def of(self, entry: Entry) -> list[Appointment]:
        return [one for one in self.appointments if one.entry is entry]

    def enter(self, diary: Any) -> None:
        self.diary = diary
        start = self.demo.moment(self.demo.workday(self.demo.begins - timedelta(days=1)), 9)
        for username in CONSENTING:
            person = self.demo.people[username]
            diary.enter(start, partial(give_position_consent, actor=person))
        for one in self.appointments:
            self._enter(one)

    def _draw(self, count: int) -> list[Appointment]:
        demo = self.demo
        last = min(demo.today, worktime.local_date(demo.now - timedelta(hours=9)))
        days = demo.workdays(demo.begins, last)
        slots = [(day, hour, seller) for day in days for hour in HOURS for seller in SELLERS]
        past = [slot for slot in slots if demo.moment(slot[0], slot[1] + 1, 30) < demo.now]
        # More than needed: some fall on a taken half-day, or find nobody due for a visit.
        chosen = demo.chance.sample(past, min(len(past), 3 * count))
        busy: set[tuple[date, int, str]] = set()
        drawn: list[Appointment] = []
        for day, hour, seller in sorted(chosen):
            half = (day, hour // 13, seller)
            entry = None if half in busy else self._whom(seller, day)
            if entry is not None:
                busy.add(half)
                drawn.append(self._appointment(entry, day, hour))
        demo.chance.shuffle(drawn)
        paid = [one for one in drawn if one.fate in PAID][:count]
        given_up = [one for one in drawn if one.fate not in PAID][: count // 20]
        return sorted(paid + given_up, key=lambda one: (one.arrives, one.entry.number))

    def _whom(self, seller: str, day: date) -> Entry | None:
        """A client of the seller that has not been visited for a week, the quietest first."""
        known = [
            entry
            for entry in self.book.of(seller)
            if entry.since < day and (day - self._seen.get(entry.number, date.min)).days > 7
        ]
        if not known:
            return None
        known.sort(key=lambda entry: (self._seen.get(entry.number, date.min), entry.number))
        entry = known[min(int(self.demo.chance.expovariate(0.25)), len(known) - 1)]
        self._seen[entry.number] = day
        return entry

    def _appointment(self, entry: Entry, day: date, hour: int) -> Appointment:
        fates = ("planned", "unplanned", "late", "cancelled", "missed")
        fate = self.demo.chance.choices(fates, (52, 38, 6, 3, 2))[0]
        return Appointment(entry, self.demo.moment(day, hour), fate)

    def _enter(self, one: Appointment) -> None:
        demo, record = self.demo, partial(self._record, one)
        after = one.arrives + timedelta(minutes=demo.chance.randrange(35, 80, 5))
        if one.fate == "unplanned":
            self.diary.enter(after, record)
            return
        before = demo.moment(
            max(one.entry.since, one.day - timedelta(days=demo.chance.randrange(1, 6))), 17
        )
        self.diary.enter(min(before, one.arrives - timedelta(hours=1)), partial(self._plan, one))
        if one.fate == "cancelled":
            self.diary.enter(one.arrives - timedelta(minutes=40), partial(self._cancel, one))
        elif one.fate == "missed":
            two_days_on = demo.workday(one.day + timedelta(days=1), 1)
            self.diary.enter(demo.moment(two_days_on, 8, 0), self._mark_missed)
        else:
            late = timedelta(days=2) if one.fate == "late" else timedelta()
            self.diary.enter(one.arrives, partial(self._arrive, one))
            self.diary.enter(after + late, record)

    def _plan(self, one: Appointment) -> None:
        entry, on = one.entry, one.day
        one.visit = plan_visit(
            actor=self.demo.people[entry.seller],
            client=entry.client,
            planned_at=one.arrives,
            purpose=self.phrases.say(PURPOSES, entry, on),
            materials=self.phrases.pick(MATERIALS) if self.demo.often(60) else "",
            place=entry.client.address,
        )

    def _arrive(self, one: Appointment) -> None:
        """Some check in with the position, some with a reason instead, most just write."""
        entry, chance = one.entry, self.demo.chance
        how: dict[str, Any] = {"reason": self.phrases.pick(UNLOCATED)}
        if entry.seller in CONSENTING:
            how = {
                "latitude": entry.client.latitude + chance.uniform(-0.0009, 0.0009),
                "longitude": entry.client.longitude + chance.uniform(-0.0009, 0.0009),
                "accuracy": chance.randrange(8, 45),
                "age": chance.randrange(0, 20),
            }
        elif not self.demo.often(30):
            return
        actor = self.demo.people[entry.seller]
        check_in(actor=actor, rules=self.rules, record=one.visit, **how)

    def _record(self, one: Appointment) -> None:
        entry, demo, on = one.entry, self.demo, one.day
        say = partial(self.phrases.say, entry=entry, on=on)
        first = on == self._first[entry.number]
        openings = FIRST_OPENINGS if first else OPENINGS
        talks = entry.trade.talks if first or demo.often(35) else FOLLOW_UPS
        following = entry.after(worktime.today()) if demo.often(75) else None
        visit = log_visit(
            actor=demo.people[entry.seller],
            rules=self.rules,
            client=None if one.visit else entry.client,
            record=one.visit,
            took_place_at=one.arrives,
            said=say(openings) + say(talks),
            needs=say(entry.trade.needs) + say(WISHED_BY) if demo.often(55) else "",
            opinions=say(OPINIONS) if demo.often(40) else "",
            concerns=say(CONCERNS) if demo.often(45) else "",
            outcomes=demo.one(OUTCOMES),
            next_contact_on=following,
        )
        one.visit = visit
        demo.keep("visits", visit)
        if entry.seller != "manager" and demo.often(22):
            self._answer(visit)

    def _answer(self, visit: Visit) -> None:
        """The manager or the leader reads a record the same evening, and says something to some."""
        demo = self.demo
        moment = worktime.now() + timedelta(hours=demo.chance.randrange(1, 4), minutes=20)
        leader = "leader.partnership" if visit.team.key == "partnership" else "leader.client"
        words = self.phrases.pick(COMMENTS) if demo.often(40) else ""
        boss = demo.often(60) or visit.visitor == demo.people[leader]

        def act() -> None:
            reader = demo.manager_on(moment) if boss else demo.people[leader]
            if words:
                comment_visit(actor=reader, record=visit, text=words)
            else:
                mark_visit_read(actor=reader, record=visit)

        self.diary.enter(moment, act)

    def _cancel(self, one: Appointment) -> None:
        actor = self.demo.people[one.entry.seller]
        cancel_visit(actor=actor, record=one.visit, reason=self.phrases.pick(CANCELLED))

    def _mark_missed(self) -> None:
        mark_missed_visits(rules=self.rules, now=worktime.now())

    def plan_ahead(self) -> None:
        """Today and the next two weeks: each seller has somewhere to go."""
        demo = self.demo
        days = [demo.next_workday(n) for n in (0, 0, 1, 1, 2, 3, 5, 7, 8, 9)]
        sellers = [name for name in SELLERS if name != "manager"]
        taken: dict[str, set[int]] = defaultdict(set)
        for number in range(AHEAD):
            seller = sellers[number % len(sellers)]
            day = days[number // len(sellers) * 2 + number % 2]
            free = [
                one
                for one in self.book.of(seller)
                if one.client and one.number not in taken[seller]
            ]
            if not free:
                continue
            entry = demo.one(free)
            taken[seller].add(entry.number)
            hour = HOURS[(number * 5 + number // len(sellers)) % len(HOURS)]
            one = Appointment(entry, demo.moment(day, hour), "planned")
            agreed = min(demo.now, one.arrives) - timedelta(days=1, hours=2)
            with demo.at(max(agreed, demo.moment(entry.since, 19))):
                self._plan(one)
            demo.keep("visits", one.visit)


class Calls:
    """Phone calls, mails and messages between the visits."""

    def __init__(self, demo: Any, phrases: Phrases, book: Book):
        self.demo, self.phrases, self.book = demo, phrases, book
        self.rules = rules_on()

    def enter(self, diary: Any) -> None:
        demo, last = self.demo, self.demo.today - timedelta(days=1)
        for _number in range(CALL_COUNT):
            entry = demo.one(self.book.entries)
            days = demo.workdays(max(entry.since + timedelta(days=1), demo.begins), last)
            if days:
                moment = demo.moment(demo.one(days))
                entry.talks.append(worktime.local_date(moment))
                diary.enter(moment, partial(self._log, entry, moment))

    def _log(self, entry: Entry, moment: datetime) -> None:
        demo, on = self.demo, worktime.local_date(moment)
        channel = demo.chance.choices(("phone", "email", "sms"), (6, 2, 2))[0]
        reached = channel != "phone" or demo.often(85)
        banks = {"phone": CALLS, "email": MAILS, "sms": MESSAGES}
        log_communication(
            actor=demo.people[entry.seller],
            rules=self.rules,
            client=entry.client,
            channel=channel,
            at=moment,
            said=self.phrases.say(banks[channel] if reached else UNREACHED, entry, on),
            reached=reached,
            interest=demo.one(("high", "some", "some", "none", "")) if reached else "",
            next_contact_on=entry.after(on) if demo.often(70) else None,
        )
        demo.keep("communications", entry)
