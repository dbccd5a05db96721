"""The named things a rulebook is made of, by where they stand: posts, teams, indicators, chains.

One description, read from the schema, serves one page that adds, changes and takes away all of
them. Lists of choices are not among them (`lists`): their entries are retired and never taken away.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, get_args, get_origin

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from pydantic import BaseModel

from expansion import clock, metrics, offers
from expansion.errors import Gone
from expansion.people.models import Membership
from expansion.rulebook.origins import origin_of
from expansion.rulebook.overlays import Overlay
from expansion.rulebook.schema import Rules
from expansion.rulebook.scoring import Part, Party
from expansion.rulebook.values import Choice, Item, Parameter, Source
from expansion.rulebook.work import LeadCondition, NumberPattern, OpenList, Pipeline

# What the programs know by its key, each a list of its own kind: worded, never added to here.
FIXED = (Choice, LeadCondition, NumberPattern, OpenList, Overlay, Party, Pipeline)
# What the schema gives no title.
TITLES = {
    "also": gettext_noop("Also decided by"),
    "factors": gettext_noop("Factors"),
    "how": gettext_noop("Parts of the indicator"),
    "indicators": gettext_noop("Indicators"),
    "promotion_factors": gettext_noop("Factors of promotion"),
    "screening": gettext_noop("Screening of target clients"),
    "topics": gettext_noop("Shared topics"),
}
# How a part of an indicator comes about.
HOW = {
    "computed": gettext_lazy("computed from records"),
    "rated": gettext_lazy("rated by people"),
    "survey": gettext_lazy("asked by a survey"),
}
GRADES = "crm.grading.grades"


@dataclass(frozen=True)
class Collection:
    """One list of named things, with what it is called in the reader's language: `title` by itself,
    `label` with the entry that it belongs to."""

    path: str
    section: str
    label: str
    title: str
    model: type[BaseModel]
    items: tuple[Any, ...]
    clause: str | None = None
    source: Source | None = None  # of its entries' words; None where nobody has said it

    def entry(self, key: str) -> Any:
        """The entry of this key.

        Raises:
            Gone: there is none.
        """
        found = next((one for one in self.items if one.key == key), None)
        if found is None:
            raise Gone(_("“%(key)s” is not known here.") % {"key": key})
        return found


def collections(rules: Rules) -> Iterator[Collection]:
    """Every list whose entries can be added and taken away, in the order of the rulebook."""
    for one in _walk(rules, "", "", ()):
        found = origin_of(rules, one.path) if issubclass(one.model, Item) else None
        yield replace(one, clause=found.clause, source=found.source) if found else one


def collection_at(rules: Rules, path: str) -> Collection:
    """The list at a path.

    Raises:
        Gone: there is none whose entries can be added and taken away.
    """
    found = next((one for one in collections(rules) if one.path == path), None)
    if found is None:
        raise Gone(_("“%(path)s” is no list of the rulebook.") % {"path": path})
    return found


def _walk(node: BaseModel, path: str, section: str, trail: tuple[str, ...]) -> Iterator[Collection]:
    inner = (*trail, label_of(node)) if "key" in type(node).model_fields else trail
    for name, field in type(node).model_fields.items():
        child, place = getattr(node, name), f"{path}.{name}" if path else name
        model = _model_in(field.annotation)
        if model is not None:
            title = title_of(name, field)
            label = " · ".join((*inner, title))
            yield Collection(place, section or name, label, title, model, child)
        for one in child if isinstance(child, tuple) else (child,):
            if isinstance(one, BaseModel) and not isinstance(one, (Parameter, Choice)):
                key = getattr(one, "key", None) if isinstance(child, tuple) else None
                yield from _walk(one, f"{place}.{key}" if key else place, section or name, inner)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Of which model the entries of a list are; None where it is no such list."""
    inner = get_args(annotation)
    if get_origin(annotation) is not tuple or not isinstance(inner[0], type):
        return None
    model = inner[0]
    if not issubclass(model, BaseModel) or issubclass(model, FIXED):
        return None
    return model if "key" in model.model_fields else None


def title_of(name: str, field: Any) -> str:
    """What a field of the schema is called; its own name where nothing says it better."""
    title = field.title or TITLES.get(name)
    return _(title) if title else name


def label_of(entry: Any) -> str:
    """An entry by its words; a part of an indicator, having none, by what it is made of."""
    if isinstance(entry, Item):
        return entry.label()
    return made_of(entry.kind, entry.metric) if isinstance(entry, Part) else str(entry.key)


def made_of(kind: str, metric: str) -> str:
    """What a part of an indicator is computed from, or how it comes about."""
    known = metrics.known().get(metric)
    return str(known.label if known else HOW[kind])


def place_named(rules: Rules, path: str) -> str:
    """What stands at a path, by its words: a value with its entry, else the entry itself; empty
    where it is neither."""
    value = next((one.label for one in rules.parameters() if one.path == path), "")
    if value:
        return value
    named = {
        f"{one.path}.{each.key}": (one, each) for one in collections(rules) for each in one.items
    }
    found, entry = named.get(path) or named.get(path.rpartition(".")[0]) or (None, None)
    return f"{found.label} · {label_of(entry)}" if found else ""


def stays(path: str, key: str) -> str:
    """Why an entry in force cannot be taken away; empty where it can. What else refers to it, the
    checks of the rulebook say."""
    if path == "posts" and _seats(post__key=key):
        return _("Somebody holds the post “%(key)s”. End those seats first.") % {"key": key}
    if path == "teams" and _seats(unit__key=key):
        return _("Somebody works in the team “%(key)s”. End those seats first.") % {"key": key}
    if path == "approvals" and any(one.kind == key for one in offers.of(offers.Subject)):
        return _("“%(key)s” is approved here. Name others who decide instead.") % {"key": key}
    if path == GRADES:
        return _("Clients may have the grade “%(key)s”. Word it anew instead.") % {"key": key}
    return ""


def _seats(**asked: str) -> bool:
    """Whether somebody sits there today or later."""
    today = clock.today()
    seats = Membership.objects.filter(**asked)
    return seats.exclude(until__lt=today).exists()
