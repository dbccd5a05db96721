"""A small department by any shipped regulation: the same story, told by the rules it is given.

Nothing here or in the rooms' `preset_seeds` knows a regulation by its key: posts, teams, stages,
chains and reports are read from the rules that are in force.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation

from expansion import access, clock, offers
from expansion.approvals.selectors import deciders, latest, open_step
from expansion.approvals.services import decide
from expansion.home.seeding import Demo
from expansion.notices.services import muted
from expansion.people.models import Role, User
from expansion.people.selectors import holders, home_unit, seats_read_once
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import asked_once, rules_on

WORKING = (Role.LEADER, Role.DEPUTY, Role.MEMBER)
FACING = ("crm.", "partnerships.")  # metrics of teams that face clients


@dataclass
class PresetDemo(Demo):
    """What every preset seed works with. `seated` lists the department's people, in order of
    their posts, by user name."""

    key: str = ""
    overlay: str | None = None
    seated: list[str] = field(default_factory=list)

    @cached_property
    def rules(self) -> Rules:
        """The regulation in force; asked for after it is loaded."""
        return rules_on()

    @property
    def staff(self) -> list[User]:
        """The people of the department, heads first."""
        return [self.acting(username) for username in self.seated]

    @property
    def sellers(self) -> list[User]:
        """Who works clients: the people of the teams whose indicators are about clients; everybody
        where no indicator says so."""
        below = [one for one in self.staff if not one.holds(Role.MANAGER)]
        working = [one for one in below if one.holds(*WORKING)]
        facing = [one for one in working if self._faces_clients(one)]
        return facing or working

    def _faces_clients(self, person: User) -> bool:
        key = home_unit(person).key
        team = next((one for one in self.rules.teams if one.key == key), None)
        if team is None:
            return False
        if team.kpi_set is None:
            return True
        parts = (part for one in self.rules.kpi_set(team.kpi_set).indicators for part in one.how)
        return any(part.metric.startswith(FACING) for part in parts)

    def fresh(self, person: User) -> User:
        """The person with the seats of the moment."""
        return self.acting(person.username)

    def manager_of(self, person: User) -> User:
        """Who manages the unit in which the person works."""
        return self.fresh(holders(Role.MANAGER, unit=home_unit(person).pk)[0])

    def head(self) -> User:
        """The first manager of the department."""
        return next(one for one in self.staff if one.holds(Role.MANAGER))

    def who_may(self, action: str, model: Any) -> list[User]:
        """The people of the department, those below the manager first, who may do this."""
        able = [one for one in self.staff if access.can(one, action, model)]
        return sorted(able, key=lambda one: one.holds(Role.MANAGER))

    def approve(self, record: Any) -> Iterator[int]:
        """Every open step in its turn, decided by the first who may decide it."""
        while (step := open_step(latest(record))) is not None:
            yield 1
            actor = self.fresh(deciders(step)[0])
            decide(actor=actor, request=latest(record), decision="approve")


@transaction.atomic
def sow(key: str, overlay: str | None = None) -> PresetDemo:
    """The whole department in one transaction.

    Raises:
        Gone: there is no such regulation.
    """
    demo = PresetDemo(today=clock.today(), key=key, overlay=overlay)
    with muted(), asked_once(), translation.override(settings.LANGUAGE_CODE):
        for seed in offers.of(offers.PresetSeed):
            with seats_read_once():
                seed.sow(demo)
    return demo
