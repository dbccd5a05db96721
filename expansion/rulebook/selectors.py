"""Which rules hold on a day. Only doors and roll-ups ask; services take rules as an argument."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import zip_longest
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from expansion import clock
from expansion.people.revision import renew
from expansion.prepared import prepared
from expansion.rulebook.deciders import names_in
from expansion.rulebook.entries import Collection, collections
from expansion.rulebook.lists import Choices, lists
from expansion.rulebook.models import Standing, Version
from expansion.rulebook.naming import Rebuilt, rebuilt
from expansion.rulebook.parameters import UNCONFIRMED, Listed
from expansion.rulebook.schema import PUBLISHED, UNFINISHED, Rules

# The columns of a version that hold a whole regulation.
LONG = ("content", "changes")


class _Answers(dict[date, Version]):
    """The versions asked within one request or roll-up, by day."""

    def __init__(self, kept: dict[date, Version]):
        super().__init__(kept)
        self.kept = kept

    def keep(self, day: date, version: Version) -> None:
        self[day] = version
        if not transaction.get_connection().in_atomic_block:  # which may never come to be
            self.kept[day] = version


_asked: ContextVar[_Answers | None] = ContextVar("rulebook_asked", default=None)
# What was asked under the newest word of `people.models.Revision`.
_kept: tuple[str, dict[date, Version]] = ("", {})


@contextmanager
def asked_once(word: str | None = None) -> Iterator[None]:
    """Inside the block each day's version is read from the database once.

    What was read under the same word of the revision before is not read again at all.
    """
    global _kept
    kept = _kept  # looked at once: another thread may put another word's in its place
    if word and kept[0] != word:
        kept = _kept = word, {}
    token = _asked.set(_Answers(kept[1] if word else {}))
    try:
        yield
    finally:
        _asked.reset(token)


def version_on(day: date | None = None) -> Version:
    """The version in force on `day`, today's where none is given.

    Raises:
        LookupError: no rulebook is in force on that day; `manage.py rulebook load` loads one.
    """
    day = day or clock.today()
    asked = _asked.get()
    if asked is not None and day in asked:
        return asked[day]
    version = _in_force.first(day)
    if version is None:
        raise LookupError(f"No rulebook is in force on {day}. Run manage.py rulebook load.")
    if asked is not None:
        asked.keep(day, version)
    return version


@prepared
def _in_force(day: date) -> QuerySet[Version]:
    """The rules of a published version are kept; the row is asked only which one it is."""
    published = Version.objects.published().defer(*LONG).filter(effective_on__lte=day)
    return published.order_by("-effective_on", "-number")[:1]


def on_version_saved(instance: Version, **signal: Any) -> None:
    """A draft changes nothing that anybody keeps."""
    if instance.status == Version.Status.PUBLISHED:
        renew()


def rules_on(day: date | None = None) -> Rules:
    """The rules in force on `day`, today's where none is given."""
    return rules_of(version_on(day))


def rules_of_days() -> Callable[[date], Rules]:
    """The rules in force on each of many days, read together; for days before the first version
    the first."""
    versions = list(Version.objects.published().defer(*LONG).order_by("-effective_on", "-number"))

    def of(day: date) -> Rules:
        return rules_of(next((one for one in versions if one.effective_on <= day), versions[-1]))

    return of


def rules_of(version: Version) -> Rules:
    """The typed rules of a version; those of a published one are read once per process."""
    if version.status == Version.Status.PUBLISHED:
        return _published(version.pk, version.updated_at)
    return drafted_rules(version)


def drafted_rules(version: Version) -> Rules:
    """What an unpublished version rests on: the version before it, or the file read into it.

    Its `changes` are not in it yet, because together they need not hold before publication.
    """
    return Rules.model_validate(version.content, context=UNFINISHED)


@lru_cache(maxsize=32)
def _published(pk: int, written_at: datetime) -> Rules:
    return Rules.model_validate(Version.objects.get(pk=pk).content, context=PUBLISHED)


def unread(path: str) -> tuple[str, ...]:
    """What to defer where records of a list are read together with their version at `path`."""
    return tuple(f"{path}__{column}" for column in LONG)


def forget_rules() -> None:
    """Reads every version anew: for whoever takes rows back under a standing clock."""
    _published.cache_clear()


def version_to_amend() -> Version:
    """What a new draft starts from: the published version that takes effect last.

    Not the one in force: a change that is published already for a later day must not get lost.

    Raises:
        LookupError: no rulebook is loaded yet.
    """
    last = Version.objects.published().order_by("-effective_on", "-number").first()
    return last or version_on()


def standings(day: date | None = None) -> dict[int, Standing]:
    """What each published version is on `day`, today where none is given, by its id."""
    day = day or clock.today()
    rows = Version.objects.published().order_by("effective_on", "number")
    days = list(rows.values_list("pk", "effective_on"))
    nexts = [begins for _pk, begins in days[1:]]
    found = {}
    for (pk, begins), following in zip_longest(days, nexts):
        if following is not None and following <= max(day, begins):
            found[pk] = Standing.SUPERSEDED
        else:
            found[pk] = Standing.IN_FORCE if begins <= day else Standing.FOLLOWS
    return found


def standing_of(version: Version, known: Mapping[int, Standing]) -> Standing:
    """What a version is today; `known` are the `standings` of the published ones."""
    return known.get(version.pk) or Standing(version.status)


def open_draft() -> Version | None:
    """The one version that is being drafted or decided."""
    return Version.objects.unpublished().select_related("based_on", "handed_over_by").first()


@dataclass(frozen=True)
class Changed:
    """One parameter that a version sets otherwise than the one before, or confirms as it is."""

    listed: Listed  # with the value before; of a parameter that is new with the one after
    after: Any
    is_new: bool = False

    @property
    def path(self) -> str:
        return self.listed.path

    @property
    def label(self) -> str:
        return self.listed.label

    @property
    def before(self) -> Any:
        return None if self.is_new else self.listed.value

    @property
    def confirmed(self) -> bool:
        """Nothing moves: a proposal becomes the administrator's own."""
        return not self.is_new and self.before == self.after


def changed_rows(version: Version) -> list[Changed]:
    """The parameters that a version changes in the one it is based on, in the rulebook's order."""
    if version.based_on is None:
        return []
    base = {one.path: one for one in rules_of(version.based_on).parameters()}
    rows = (_changed(one, base.get(one.path), version) for one in _final(version).parameters())
    return [row for row in rows if row is not None]


def _changed(one: Listed, base: Listed | None, version: Version) -> Changed | None:
    drafted = one.path in version.changes
    after = one.read(version.changes[one.path]) if drafted else one.value
    if base is None:  # of an entry that is new; what it leaves open is not told
        return None if after is None else Changed(one, after, is_new=True)
    confirmed = base.source in UNCONFIRMED and one.source not in UNCONFIRMED  # by a file
    if drafted or confirmed or after != base.value:
        return Changed(base, after)
    return None


def unsettled(version: Version) -> list[Listed]:
    """What still waits for somebody's word in a version: blanks that the regulation leaves, values
    that we propose, and what has no value (R-exp-01)."""
    held = version.changes if version.is_open else ()  # what is published has them in it
    return [
        one
        for one in _final(version).parameters()
        if one.source in UNCONFIRMED and one.path not in held
    ]


def unsettled_lists(version: Version) -> list[Choices | Collection]:
    """The lists whose words wait for somebody's word: we propose them."""
    rules = _final(version)
    found = [*lists(rules), *collections(rules)]
    return [one for one in found if one.items and one.source in UNCONFIRMED]


def _final(version: Version) -> Rules:
    published = version.status == Version.Status.PUBLISHED
    return rules_of(version) if published else drafted_rules(version)


def restructured(version: Version) -> list[Rebuilt]:
    """What a version adds to, takes from or words otherwise in the one it is based on: entries of
    lists, texts, clauses. Values of parameters stand in `changed_rows`."""
    if version.based_on is None:
        return []
    return rebuilt(rules_of(version.based_on), _final(version))


def names_of(version: Version, rows: Iterable[Changed | Rebuilt]) -> dict[str, str]:
    """What those are called who stand in the rows of a version, before and after."""
    if version.based_on is None:
        return {}
    values = (value for row in rows for value in (row.before, row.after))
    return names_in(values, rules_of(version.based_on), _final(version))
