"""The quarter's roll-up beside its floor, for a tenth of the people and for all; prints a table.

The floor writes the same figures and evidence in four statements of SQL. It leaves out rights,
targets of persons and teams, steps, notices and the trail. Both sides' figures are compared.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from appraisal.models import Cycle, Participant, Stage  # noqa: E402
from appraisal.services.rollup import roll_up  # noqa: E402
from bench import floor_sql  # noqa: E402
from crm.models import Client  # noqa: E402
from expansion import clock  # noqa: E402
from expansion.people.models import Membership, Role  # noqa: E402
from expansion.rulebook.selectors import version_on  # noqa: E402
from expansion.worktime import Period  # noqa: E402

NOTE = "size or spending potential is not rated"
HEAD = f"{'roll-up of a quarter':<30}{'s':>8}{'floor':>8}{'×':>7}{'evidence':>10}{'queries':>9}"


def main() -> None:
    print(HEAD)
    members = list(Membership.objects.filter(post__role=Role.MEMBER).order_by("pk"))
    for some in (members[: len(members) // 10], members):
        cycle = opened(some)
        mine = undone(lambda held=cycle: rolled_up(held))
        floor = undone(lambda held=cycle: floor_rolled_up(held))
        if mine.found != floor.found:
            raise SystemExit(f"The floor has other figures: {mine.found} and {floor.found}")
        print(
            f"{f'{len(some)} people':<30}{mine.seconds:>8.2f}{floor.seconds:>8.2f}"
            f"{mine.seconds / floor.seconds:>7.1f}{mine.evidence:>10}{mine.queries:>9}",
            flush=True,
        )
        Participant.objects.filter(cycle=cycle).delete()
        cycle.delete()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"this process reached {peak:.0f} MB")


class Run:
    """One roll-up: how long it took, in how many queries, and what stands there afterwards."""

    def __init__(self, act: Callable[[], Any]):
        self.queries = 0
        began = time.perf_counter()
        with connection.execute_wrapper(self._counted):
            act()
        self.seconds = time.perf_counter() - began
        with connection.cursor() as cursor:
            cursor.execute(floor_sql.ROLLED_UP)
            self.found = cursor.fetchall()
        self.evidence = sum(row[4] or 0 for row in self.found)

    def _counted(self, execute: Callable[..., Any], *words: Any) -> Any:
        self.queries += 1
        return execute(*words)


def opened(members: list[Membership]) -> Cycle:
    """The last quarter with these people, each as a member of the client team."""
    period = Period.containing("quarter", clock.today()).previous()
    cycle = Cycle.objects.create(
        kind=period.kind.value,
        start=period.start,
        end=period.end,
        rulebook=version_on(period.start),
        stage=Stage.COLLECTING,
        opened_at=clock.now(),
    )
    Participant.objects.bulk_create(
        Participant(
            cycle=cycle,
            owner_id=one.user_id,
            team_id=one.unit_id,
            post="member",
            kpi_set="client",
            final_by="manager",
            appeals_by="manager",
        )
        for one in members
    )
    return cycle


def undone(act: Callable[[], Run]) -> Run:
    """The second of two runs, each taken back, so that both sides find the same rows, warm."""
    for _ in range(2):
        with transaction.atomic():
            run = act()
            transaction.set_rollback(True)
    return run


def rolled_up(cycle: Cycle) -> Run:
    return Run(lambda: roll_up(actor=None, record=Cycle.objects.get(pk=cycle.pk)))


def floor_rolled_up(cycle: Cycle) -> Run:
    kind = ContentType.objects.get_for_model(Client).pk
    values = {"cycle": cycle.pk, "start": cycle.start, "end": cycle.end, "kind": kind, "note": NOTE}

    def act() -> None:
        with connection.cursor() as cursor:
            for statement in floor_sql.ROLLUP:
                cursor.execute(statement, values)

    return Run(act)


if __name__ == "__main__":
    main()
