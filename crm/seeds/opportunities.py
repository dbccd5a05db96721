"""The demo's opportunities: from an effective lead through the stages to the table."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

from crm.seeds import words
from crm.seeds.contracts import Contracts
from crm.seeds.deal import STAGES, Deal, Desk
from crm.seeds.leads import Leads
from crm.services.opportunities import (
    convert_lead,
    lose_opportunity,
    move_opportunity,
    update_opportunity,
    win_opportunity,
)
from expansion import clock


class Opportunities:
    """Lets each deal take its stages one after the other, until it is lost or drawn up."""

    def __init__(self, desk: Desk, leads: Leads, contracts: Contracts):
        self.desk, self.demo = desk, desk.demo
        self.leads, self.contracts = leads, contracts
        contracts.signed = self.win

    def begin(self, deal: Deal) -> None:
        """The first hint: the lead, what is known of it, and the presentation the next day."""
        self.leads.create(deal)
        self.leads.mark(deal, "need_confirmed")
        self.leads.mark(deal, "contact_named")
        self.desk.next(1, partial(self._present, deal))

    def at_the_table(self, deal: Deal) -> bool:
        """Whether the deal is being negotiated and nothing is drawn up yet."""
        if deal.opportunity is None or deal.contract or deal.fate in ("lost", "back"):
            return False
        return deal.opportunity.stage == STAGES[-1]

    def win(self, deal: Deal) -> None:
        """After the signature; some are followed up before they are closed."""
        if deal.opportunity and deal.opportunity.is_open:
            actor = self.desk.seller(deal)
            moved = move_opportunity(actor=actor, record=deal.opportunity, stage="signed")
            deal.opportunity = moved
            if self.demo.often(90):
                reason = self.desk.phrases.pick(words.WON)
                deal.opportunity = win_opportunity(
                    actor=actor, record=moved, reason=reason, rules=self.desk.rules
                )

    def _present(self, deal: Deal) -> None:
        self.leads.mark(deal, "presentation_heard")
        self.desk.next(1, partial(self._convert, deal))

    def _convert(self, deal: Deal) -> None:
        low, high = deal.entry.trade.amounts
        expected = clock.today() + timedelta(days=self.demo.chance.randrange(20, 60))
        deal.opportunity = convert_lead(
            actor=self.desk.seller(deal),
            record=deal.lead,
            rules_version=self.desk.version,
            amount=Decimal(self.demo.chance.randrange(low, high, 200)),
            probability=self.demo.one((20, 30, 40, 50)),
            expected_on=expected,
        )
        self.demo.keep("opportunities", deal.opportunity)
        self.desk.next(1, partial(self._move, deal, STAGES[0]))

    def _move(self, deal: Deal, stage: str) -> None:
        if deal.fate == "lost" and self.demo.often(30):
            self._lose(deal)
            return
        deal.opportunity = move_opportunity(
            actor=self.desk.seller(deal), record=deal.opportunity, stage=stage
        )
        if stage == deal.stops:
            return
        if stage == STAGES[-1]:
            self._negotiate(deal)
            return
        after = STAGES[STAGES.index(stage) + 1]
        self.desk.next(self.demo.chance.randrange(1, 4), partial(self._move, deal, after))

    def _negotiate(self, deal: Deal) -> None:
        deal.opportunity = update_opportunity(
            actor=self.desk.seller(deal),
            record=deal.opportunity,
            probability=self.demo.one((60, 70, 80)),
            rules=self.desk.rules,
        )
        if deal.fate == "lost":
            self.desk.next(3, partial(self._lose, deal))
        elif deal.fate == "back":
            self.desk.next(2, partial(self._go_back, deal))
        else:
            self.desk.next(1, partial(self.contracts.draft, deal))

    def _lose(self, deal: Deal) -> None:
        reason = self.desk.say(deal, words.LOST)
        deal.opportunity = lose_opportunity(
            actor=self.desk.seller(deal),
            record=deal.opportunity,
            reason=reason,
            rules=self.desk.rules,
        )

    def _go_back(self, deal: Deal) -> None:
        deal.opportunity = move_opportunity(
            actor=self.desk.seller(deal),
            record=deal.opportunity,
            stage="first_contact",
            reason=self.desk.phrases.pick(words.BACK),
        )
