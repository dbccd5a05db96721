"""What the overview does: it reminds those who are behind, and writes the teams' table."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from expansion import clock
from expansion.audit.services import write, write_many
from expansion.home import late, teams
from expansion.notices.services import Telling, tell_each
from expansion.offers import Kept, Sums, TeamColumn
from expansion.people.models import User
from expansion.people.purview import (
    Team,
    principal_over,
    purview_of,
    require_overseer,
    running_quarter,
)
from expansion.transfer.columns import Column, Kind
from expansion.transfer.writing import Watermark, write_workbook


@dataclass(frozen=True)
class Reminded:
    """Who was reminded by this call, and who had been reminded today already."""

    now: tuple[User, ...]
    before: tuple[User, ...]


@transaction.atomic
def remind(*, actor: User, row: str = "") -> Reminded:
    """Reminds the people who are behind of the row with this key, or of every row.

    The rows are listed anew for the actor, so that nobody is reminded of what the actor may not
    see, nor of what is done meanwhile. A row is told once a day, whoever presses: a second time
    the same day changes nothing and leaves no entry.

    Raises:
        Forbidden: the actor oversees nobody.
    """
    require_overseer(actor)
    purview, found = purview_of(actor)
    rows = [one for one in late.behind(actor, purview) if row in ("", one.key)]
    tellings = {one.key: _telling(actor, one) for one in rows}
    told = {one.key for one in tell_each(tellings.values(), kind="home.reminded", actor=actor)}
    now = [one for one in rows if tellings[one.key].key in told]
    before = [one for one in rows if tellings[one.key].key not in told]
    _enter(actor, found, now)
    return Reminded(_people(now), _people(before))


def _telling(actor: User, row: late.Behind) -> Telling:
    what = row.late.what
    return Telling(
        person=row.late.person,
        title=_spoken(
            lambda: _("%(name)s reminds you: %(what)s") % {"name": actor.name, "what": what}
        ),
        text=_spoken(lambda: row.words),
        url=row.late.act_url,
        about=row.late.record,
        key=f"home.reminded:{row.key}:{clock.today()}",
    )


def _spoken(words: Callable[[], str]) -> Any:
    """Words that are put together in the language of whoever is told."""
    return lazy(words, str)()


def _people(rows: Iterable[late.Behind]) -> tuple[User, ...]:
    return tuple({row.late.person.pk: row.late.person for row in rows}.values())


def _enter(actor: User, found: list[Team], rows: list[late.Behind]) -> None:
    """One entry per row that was told, each for the principal whose seat reaches the person."""
    unit = {person.pk: team.unit.pk for team in found for person in team.people}
    by_principal: dict[int | None, list[late.Behind]] = {}
    for one in rows:
        principal = principal_over(actor, unit[one.late.person.pk])
        by_principal.setdefault(principal, []).append(one)
    for principal, told in by_principal.items():
        write_many(
            actor=actor,
            verb="home.late.nudged",
            changed=[(one.late.record, {"person": [None, one.late.person.name]}) for one in told],
            for_person=_person(principal),
        )


def _person(pk: int | None) -> User | None:
    return User.objects.get(pk=pk) if pk else None


@transaction.atomic
def export_teams(*, actor: User) -> tuple[str, bytes]:
    """The table of teams and people as a workbook, its file name first.

    The export is logged, and the file carries the number of the log entry.

    Raises:
        Forbidden: the actor oversees nobody.
    """
    require_overseer(actor)
    purview, found = purview_of(actor)
    columns = teams.columns_for(actor)
    values = teams.values_of(purview, columns)
    period = running_quarter()
    principals = [principal_over(actor, team.unit.pk) for team in found]
    entry = write(
        actor=actor,
        verb="home.overview.exported",
        about=None,
        changes={"period": [None, period.key], "rows": [None, len(purview.people)]},
        for_person=_person(next(filter(None, principals), None)),
    )
    title = _("Teams, %(period)s") % {"period": period.label}
    sheet = [one for column in columns for one in _sheet_columns(column, values)]
    rows = [
        [person.name, str(team.unit), *(value(person.pk) for _column, value in sheet)]
        for team in found
        for person in team.people
    ]
    heads = [Column("person", _("Person")), Column("team", _("Team"))]
    target = io.BytesIO()
    mark = Watermark(actor.name, clock.now(), str(entry.pk))
    write_workbook(
        target, [*heads, *(head for head, _value in sheet)], rows, title=title[:31], watermark=mark
    )
    return f"{title}.xlsx", target.getvalue()


SheetColumn = tuple[Column, Callable[[int], Any]]


def _sheet_columns(column: TeamColumn, values: teams.Values) -> Iterator[SheetColumn]:
    """Sums stand in one column per currency, what was kept beside what was owed."""
    found, label = values[column.key], str(column.label)

    def of(person: int) -> Any:
        return found.get(person, column.nothing)

    if isinstance(column.nothing, Sums):
        for currency in sorted({key for one in found.values() for key, _sum in one.by_currency}):
            head = Column(f"{column.key}.{currency}", f"{label} {currency}", Kind.MONEY)
            yield head, lambda person, key=currency: dict(of(person).by_currency).get(key)
    elif isinstance(column.nothing, Kept):
        yield Column(column.key, label, Kind.NUMBER), lambda person: of(person).kept
        owed = _("%(what)s, of") % {"what": label}
        yield Column(f"{column.key}.of", owed, Kind.NUMBER), lambda person: of(person).of
    else:
        yield Column(column.key, label, Kind.NUMBER), of
