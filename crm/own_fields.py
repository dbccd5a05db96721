"""What the rulebook asks for in a client's file and in the record of a visit, entry by entry.

What has a column of its own stands there and takes the rulebook's title; every other text stands
in the record's `own`, by the entry's key. An entry that is retired, or that no list knows any
more, keeps what was written under it (B-3.1.3b, B-4.1.2, E11-1.d, E11-2.1.1.1).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion.errors import Invalid
from expansion.rulebook.schema import Rules
from expansion.rulebook.values import Choice, offered

LONGEST = 2000
PREFIX = "own_"
# What a visit is asked for where the rulebook lists nothing.
STANDING: Mapping[str, Any] = {
    "needs": lazy("Needs"),
    "opinions": lazy("Opinions"),
    "concerns": lazy("Concerns"),
}
# What was talked about is what was said, under whatever title; a territory is a region and a trade.
SAID = "said"
OF_VISIT = {**{key: key for key in STANDING}, "talks": SAID}
OF_CLIENT = {"area": "region", "property_type": "industry"}


@dataclass(frozen=True)
class Asked:
    """One text that is asked for; `column` is where it stands, empty for the record's `own`."""

    key: str
    label: str
    column: str = ""

    @property
    def name(self) -> str:
        """Its field in a form."""
        return self.column or f"{PREFIX}{self.key}"

    def of(self, record: Any) -> str:
        return getattr(record, self.column) if self.column else record.own.get(self.key, "")

    @property
    def filled(self) -> Q:
        """The records that say something here."""
        return ~Q(**{self.column: ""}) if self.column else Q(own__has_key=self.key)


def of_visit(rules: Rules, held: Any = None) -> list[Asked]:
    """What a visit's record is asked for, in the rulebook's order; needs, opinions and concerns
    where it lists nothing. What `held` says under anything else stays with it."""
    asked = _asked(offered(rules.crm.visit_fields), OF_VISIT) or _standing()
    return _with_held(asked, known_of_visit(rules), held)


def known_of_visit(rules: Rules) -> list[Asked]:
    """Everything that a visit's record may hold: retired entries too."""
    listed = _asked(rules.crm.visit_fields, OF_VISIT)
    keys = {one.key for one in listed}
    return [*listed, *(one for one in _standing() if one.key not in keys)]


def of_client(rules: Rules, held: Any = None) -> list[Asked]:
    """What a client's file is asked for: the territory it lies in, where territories are kept,
    and the history of cooperation. What `held` says under anything else stays with it."""
    listed = rules.crm.history_fields
    asked = [*of_territory(rules), *_asked(offered(listed), {})]
    known = [*_asked(rules.crm.territory_by, OF_CLIENT), *_asked(listed, {})]
    return _with_held(asked, [one for one in known if not one.column], held)


def of_territory(rules: Rules) -> list[Asked]:
    """By what a territory is cut; nothing where none are kept (E11-2.1.1.1)."""
    return _asked(offered(rules.crm.territory_by), OF_CLIENT) if rules.crm.territories.value else []


def titles_of_columns(asked: Iterable[Asked]) -> dict[str, str]:
    """The rulebook's titles of columns, by column."""
    return {one.column: one.label for one in asked if one.column}


def title_of(rules: Rules, name: str) -> str:
    """What a field of a form or an entry of the trail is called; its key where no list knows it."""
    key = name.removeprefix(PREFIX)
    ours = rules.crm
    listed = (*ours.history_fields, *ours.territory_by, *ours.visit_fields)
    return next((one.label() for one in listed if one.key == key), key)


def written(asked: Iterable[Asked], record: Any) -> list[tuple[str, str]]:
    """Title and text of what the record says; what was said at a visit stands above its notes."""
    texts = ((one.label, one.of(record)) for one in asked if one.column != SAID)
    return [(label, text) for label, text in texts if text]


def told(asked: Iterable[Asked], record: Any) -> str:
    """The same in one cell of a list."""
    return " · ".join(f"{label}{_(': ')}{text}" for label, text in written(asked, record))


def packed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a form as services take them: own texts gathered by key."""
    own = {name.removeprefix(PREFIX): text for name, text in values.items() if _is_own(name)}
    plain = {name: value for name, value in values.items() if not _is_own(name)}
    return {**plain, "own": own} if own else plain


def merged(
    asked: Iterable[Asked] | None, given: Mapping[str, str], kept: Mapping[str, str]
) -> dict[str, str]:
    """What the record holds in `own` after these texts; an empty one takes its key away.

    `asked` are the texts that the rules ask for; None asks for nothing in particular.

    Raises:
        Invalid: a text under a key that nobody asks for and the record has not, or too long a one.
    """
    known = None if asked is None else {one.key for one in asked if not one.column} | set(kept)
    texts = {key: text.strip() for key, text in given.items()}
    for key, text in texts.items():
        if text and known is not None and key not in known:
            sentence = _("The rulebook asks for no “%(name)s” here.") % {"name": key[:60]}
            raise Invalid(fields={"own": [sentence]})
        if len(text) > LONGEST:
            sentence = _("“%(name)s” is too long: at most %(count)d characters.")
            words = {"name": key[:60], "count": LONGEST}
            raise Invalid(fields={"own": [sentence % words]})
    return {key: text for key, text in {**kept, **texts}.items() if text}


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[Any]]:
    """The change for the trail, text by text."""
    keys = [*before, *(key for key in after if key not in before)]
    pairs = {f"{PREFIX}{key}": [before.get(key), after.get(key)] for key in keys}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _is_own(name: str) -> bool:
    return name.startswith(PREFIX)


def _standing() -> list[Asked]:
    return [Asked(key, str(label), key) for key, label in STANDING.items()]


def _asked(items: Iterable[Choice], columns: Mapping[str, str]) -> list[Asked]:
    return [Asked(one.key, one.label(), columns.get(one.key, "")) for one in items]


def _with_held(asked: list[Asked], known: list[Asked], held: Any) -> list[Asked]:
    if held is None:
        return asked
    keys = {one.key for one in asked}
    return [*asked, *(one for one in _held(known, held) if one.key not in keys)]


def _held(known: list[Asked], record: Any) -> Iterator[Asked]:
    """What the record says, by the entries that are known; under its key what none knows."""
    yield from (one for one in known if one.of(record))
    keys = {one.key for one in known}
    yield from (Asked(key, key) for key in record.own if key not in keys)
