"""The small typed values a rulebook is made of: items with two labels, parameters with an origin.

A value that the regulation states plainly and that nobody would change stands as it is; every
figure, choice or interval is a `Parameter`, which carries where its value comes from.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, StrEnum, auto
from typing import Annotated, Any, Generic, Literal, Protocol, TypeVar

from django.utils.translation import gettext as _
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from expansion import worktime
from expansion.language import in_language
from expansion.worktime import Calendar, Period

T = TypeVar("T")


class Mark(Enum):
    """Tells the editor page which kind of field a value needs, beyond its type."""

    PERCENT = auto()
    APPROVER = auto()
    POST = auto()
    APPROVAL = auto()
    PARTNER = auto()


Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]


class NamedPost(str):
    """The key of a post, told from a role's: a post that is called `leader` may have another."""


PostKey = Annotated[Key, AfterValidator(NamedPost), Mark.POST]
ApprovalKey = Annotated[Key, Mark.APPROVAL]
PartnerKey = Annotated[Key, Mark.PARTNER]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2), Mark.PERCENT]
Count = Annotated[int, Field(ge=0, le=9999, strict=True)]
Money = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]
Ratio = Annotated[Decimal, Field(ge=0, max_digits=6, decimal_places=4)]
Number = Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=4)]
ClauseId = Annotated[str, StringConstraints(pattern=r"^[A-E][0-9A-Za-z.-]*$", max_length=20)]


def _limit(given: object) -> object:
    return worktime.Limit.parse(given) if isinstance(given, str) else given


# Written as text, "5 working days", so that a preset reads like the regulation.
Limit = Annotated[worktime.Limit, BeforeValidator(_limit), PlainSerializer(str, return_type=str)]


class Source(StrEnum):
    """Where a value comes from."""

    STATED = "stated"
    PLACEHOLDER = "placeholder"
    PROPOSAL = "proposal"
    UNSET = "unset"
    ADMIN = "admin"


class Strict(BaseModel):
    """Immutable, and refuses a name it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Parameter(Strict, Generic[T]):
    """One value that an administrator may change, with its origin.

    `proposal` is our choice where the regulation is silent, `placeholder` where it leaves a blank
    to be filled in, “[具体时间]” or “规定时间”; both are shown as such until somebody confirms
    them. `unset` waits for a value; `admin` was changed here. `note` tells what the source says.
    """

    value: T
    source: Source
    clause: ClauseId | None = None
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _unset_is_none(cls, data: Any) -> Any:
        """TOML has no null: `{ source = "unset" }` alone means that there is no value."""
        if isinstance(data, dict) and data.get("source") == Source.UNSET:
            return {"value": None, **data}
        return data


class Origin(Strict):
    """Where the plain words of a list come from, as a parameter says it of its value."""

    source: Source
    clause: ClauseId | None = None


class Item(Strict):
    """One entry of a list: records store the key, people read the label.

    `source` says that its words were set here; else its list says where they come from (`Origin`).
    """

    key: Key
    zh: Text
    en: Text
    source: Literal[Source.ADMIN] | None = Field(default=None, exclude_if=lambda one: one is None)

    def label(self, language: str | None = None) -> str:
        """The label in a language; without one, in the reader's."""
        return in_language(self.zh, self.en, language)

    def __str__(self) -> str:
        return self.label()


class Choice(Item):
    """An entry that new records choose. A retired one stays readable where it was chosen before,
    and is offered no more; one that is not retired says nothing of it."""

    retired: bool = Field(default=False, exclude_if=lambda retired: not retired)


Items = tuple[Choice, ...]
C = TypeVar("C", bound=Choice)


def offered(items: Iterable[C], kept: str = "") -> tuple[C, ...]:
    """What a new value is chosen from: all entries but the retired ones. `kept` is what the record
    holds already: it may stay, retired or not."""
    return tuple(one for one in items if not one.retired or one.key == kept)


def choices_of(items: Iterable[C], kept: str = "") -> list[tuple[str, str]]:
    """The same as keys with labels, for a field. What no list knows any more shows as its key."""
    listed = [(one.key, one.label()) for one in offered(items, kept)]
    return listed if not kept or kept in dict(listed) else [*listed, (kept, kept)]


class Numbered(Strict):
    """A part of the written regulation: its number there, and what it says in two languages."""

    id: ClauseId
    zh: Text
    en: Text

    @property
    def key(self) -> str:
        return self.id

    def label(self, language: str | None = None) -> str:
        """The text in a language; without one, in the reader's."""
        return in_language(self.zh, self.en, language)


class Keyed(Protocol):
    @property
    def key(self) -> str: ...


I = TypeVar("I", bound=Keyed)  # noqa: E741


def by_key(items: Iterable[I], key: str) -> I:
    """The item with that key; KeyError where there is none."""
    for one in items:
        if one.key == key:
            return one
    raise KeyError(key)


# Who decides: `manager`, `deputy`, `leader`, `superior`, `legal`, `leadership`, `hr`, `finance`, or
# the holder of `post:<key>`, the head of `team:<key>`, another department `department:<key>`, the
# very person with the user name in `person:<name>`.
ROLES = ("manager", "deputy", "leader", "superior", "legal", "leadership", "hr", "finance")
_WORD = re.compile(r"(post|team|department):[a-z][a-z0-9_]*|person:[\w.@-]{1,60}")

# What stands between the words of a step that several decide: all of them, or any one.
JOINTS = {"+": "all", "|": "any"}


def parts(step: str) -> tuple[str, tuple[str, ...]]:
    """How several decide a step, `all` or `any`, and who; one alone decides it in neither way."""
    for sign, joint in JOINTS.items():
        if sign in step:
            return joint, tuple(word.strip() for word in step.split(sign))
    return "", (step,)


def words(chain: Iterable[str]) -> Iterator[str]:
    """Everybody who stands in a chain, in order; those who decide a step together one by one."""
    for step in chain:
        yield from parts(step)[1]


def is_approver(word: str) -> bool:
    return word in ROLES or _WORD.fullmatch(word) is not None


def _approver(given: str) -> str:
    if is_approver(given):
        return given
    sentence = _(
        "Nobody here has the role “%(role)s”. Choose one of: %(roles)s; or write post:, team:, "
        "department: or person: with the key behind it."
    ) % {"role": given, "roles": ", ".join(ROLES)}
    raise PydanticCustomError("approver", "{sentence}", {"sentence": sentence})


Approver = Annotated[Text, AfterValidator(_approver), Mark.APPROVER]


def _step(given: str) -> str:
    """One who decides, or several joined by one of the two signs, written with one blank around."""
    joint, deciders = parts(given)
    for one in deciders:
        _approver(one)
    sign = next((f" {sign} " for sign, kind in JOINTS.items() if kind == joint), "")
    return sign.join(deciders)


ChainStep = Annotated[Text, AfterValidator(_step), Mark.APPROVER]
Chain = tuple[ChainStep, ...]


def optional_limit(title: str) -> Any:
    """A field for a limit that many regulations do not know: none until it is set."""
    none = Parameter[Limit](value=worktime.Limit(0, worktime.Unit.DAYS), source=Source.UNSET)
    return Field(title=title, default=none)


def optional_chain(title: str) -> Any:
    """A field for deciders that many regulations do not know: nobody until set."""
    return Field(title=title, default=Parameter[Chain](value=(), source=Source.UNSET))


def optional_switch(title: str) -> Any:
    """A field for what many regulations do not ask for: off until it is set."""
    return Field(title=title, default=Parameter[bool](value=False, source=Source.UNSET))


def optional_amount(title: str) -> Any:
    """A field for a figure that many regulations leave open: none until it is set."""
    return Field(title=title, default=Parameter[Money | None](value=None, source=Source.UNSET))


Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)


class Cadence(Strict):
    """How often something is due, and when exactly.

    A weekly one names a `weekday`; a longer one a `day` of its last month, or of the month after
    it (`of = "next_period"`), else its last day is meant. `within` limits what follows an event.
    """

    every: Literal[
        "day", "week", "two_weeks", "month", "quarter", "half_year", "year", "event", "ad_hoc"
    ]
    weekday: Weekday | None = None
    day: Annotated[int, Field(ge=1, le=31)] | None = None
    of: Literal["period", "next_period"] = "period"
    workday: Annotated[int, Field(ge=1, le=20)] | None = None
    at: time = time(18)
    within: Limit | None = None
    if_holiday: Literal["previous", "next", "keep"] = "previous"

    def period(self, day: date | None = None) -> Period:
        """The period of this cadence around a day (today without one); refuses `every = event`."""
        return Period.containing(self.every, day)

    def due_at(self, period: Period, calendar: Calendar = worktime.STATUTORY) -> datetime | None:
        """When it is due for a period; None for a week in which nobody works.

        A holiday moves it to the previous working day (reading 25), or to the next one where the
        regulation says so, into the next week if need be. Where the previous one lies before the
        week begins, the week's first working day after it counts.
        """
        day = self._moved(self._day(period, calendar), calendar)
        if self.every == "week" and day not in period:
            worked = [d for d in _days(period) if calendar.is_workday(d)]
            if not worked:
                return None
            day = max(day, worked[0])
        return worktime.moment_on(day, self.at)

    def _day(self, period: Period, calendar: Calendar) -> date:
        if self.weekday is not None:
            return period.start + timedelta(days=WEEKDAYS.index(self.weekday))
        first = period.next().start if self.of == "next_period" else _last_month(period)
        if self.workday is not None:
            return worktime.due_on(
                first - timedelta(days=1),
                worktime.Limit(self.workday, worktime.Unit.WORKING_DAYS),
                calendar,
            )
        if self.day is not None:
            return min(
                worktime.add_months(first, 1) - timedelta(days=1),
                first + timedelta(days=self.day - 1),
            )
        return period.end

    def _moved(self, day: date, calendar: Calendar) -> date:
        return worktime.due_day(day, calendar, if_holiday=self.if_holiday)

    def cutoff(self) -> worktime.Cutoff | None:
        """Where it cuts time for what is counted from one deadline to the next, Friday 15:00 say;
        None where it names no weekday or day of the month itself. No holiday moves a cut."""
        if self.every == "week" and self.weekday is not None:
            return worktime.Cutoff(worktime.PeriodKind.WEEK, WEEKDAYS.index(self.weekday), self.at)
        if self.every == "month" and self.day is not None and self.of == "period":
            return worktime.Cutoff(worktime.PeriodKind.MONTH, self.day, self.at)
        return None


def _last_month(period: Period) -> date:
    return period.end.replace(day=1)


def _days(period: Period) -> list[date]:
    return [period.start + timedelta(days=n) for n in range((period.end - period.start).days + 1)]
