"""The demo's leads: entered, marked, overruled, set aside."""

from datetime import timedelta
from functools import partial
from itertools import cycle, product

from crm.seeds import words
from crm.seeds.clients import Entry
from crm.seeds.deal import Deal, Desk
from crm.services.communications import plan_next_contact
from crm.services.leads import close_lead, create_lead, mark_condition, overrule_condition
from expansion import clock

MARKS = ("need_confirmed", "contact_named", "presentation_heard")
Mix = tuple[bool | None, ...]


class Leads:
    """Lets leads be entered, and those that are no opportunity yet be judged."""

    def __init__(self, desk: Desk):
        self.desk, self.demo = desk, desk.demo

    def enter(self, entries: list[Entry]) -> None:
        """Every mix of marks, and more of what a desk has most: new and effective ones."""
        mixes: list[Mix] = list(product((True, False, None), repeat=3))
        mixes += [(None, None, None)] * 9 + [(True, True, True)] * 11
        for mix, entry in zip(mixes, cycle(entries), strict=False):
            self._enter(Deal(entry, "lead"), mix)

    def create(self, deal: Deal) -> None:
        """The lead of a deal, as its seller writes it down now."""
        desk, entry = self.desk, deal.entry
        kind = desk.phrases.facts(entry)["deal"]
        month = (clock.today() + timedelta(days=self.demo.chance.randrange(14, 70))).month
        deal.title = f"{month}月{kind}"
        deal.lead = create_lead(
            actor=desk.seller(deal),
            client=entry.client,
            title=deal.title,
            need=desk.say(deal, entry.trade.needs),
            source=self.demo.one(("telephone", "online", "field_visit")),
        )
        self.demo.keep("leads", deal.lead)

    def mark(self, deal: Deal, key: str, met: bool = True) -> None:
        """The seller marks one condition, with what shows it."""
        bank = words.EVIDENCE[key] if met else words.NOT_MET[key]
        deal.lead = mark_condition(
            actor=self.desk.seller(deal),
            rules=self.desk.rules,
            record=deal.lead,
            key=key,
            met=met,
            evidence=self.desk.say(deal, bank),
        )

    def _enter(self, deal: Deal, mix: Mix) -> None:
        demo = self.demo
        first = max(deal.entry.since + timedelta(days=1), demo.today - timedelta(days=55))
        days = demo.workdays(first, demo.today - timedelta(days=2)) or [demo.today]
        self.desk.diary.enter(demo.moment(demo.one(days), 11), partial(self._work, deal, mix))

    def _work(self, deal: Deal, mix: Mix) -> None:
        self.create(deal)
        for key, met in zip(MARKS, mix, strict=True):
            if met is not None:
                self.mark(deal, key, met)
        if mix == (True, True, True):
            self.desk.next(1, partial(self._agree, deal))
        elif mix == (False, True, True) or self.demo.often(10):
            self.desk.next(1, partial(self._overrule, deal))
        elif False in mix and self.demo.often(35):
            self.desk.next(3, partial(self._close, deal))

    def _agree(self, deal: Deal) -> None:
        """The next contact that makes the last condition true: contact goes on."""
        plan_next_contact(
            actor=self.desk.seller(deal),
            rules=self.desk.rules,
            record=deal.entry.client,
            day=self.demo.next_workday(self.demo.chance.randrange(1, 12)),
        )

    def _overrule(self, deal: Deal) -> None:
        reason, met = self.demo.one(words.OVERRULED)
        overrule_condition(
            actor=self.demo.manager_on(clock.now()),
            rules=self.desk.rules,
            record=deal.lead,
            key="need_confirmed",
            met=met,
            reason=reason,
        )

    def _close(self, deal: Deal) -> None:
        reason = self.desk.phrases.pick(words.INVALID)
        close_lead(actor=self.desk.seller(deal), record=deal.lead, reason=reason)
