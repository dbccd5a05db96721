"""Where something stands in the rulebook, in words: 'Teams · Client team · Scored by the set'."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from pydantic import BaseModel

from expansion.language import in_language
from expansion.rulebook.comparing import Difference, differences
from expansion.rulebook.entries import TITLES, made_of, title_of
from expansion.rulebook.loading import to_data
from expansion.rulebook.schema import Rules
from expansion.rulebook.templatetags.rules import SECTIONS
from expansion.rulebook.values import Parameter, Source
from expansion.ui.templatetags.ui import source_words

# Fields that are no parameters and so have no title of their own in the schema.
LABELS = {
    "key": _("Key"),
    "zh": _("Chinese"),
    "en": _("English"),
    "retired": _("Retired"),
    "role": _("Role"),
    "kpi_set": _("Scored by the set"),
    "acts_for": _("Acts for"),
    "leads_team": _("Leads besides"),
    "parent": _("Part of"),
    "kind": _("Kind"),
    "metric": _("Computed from"),
    "grows": _("The target grows with the length of the cycle"),
    "level": _("Level"),
    "levels": _("Levels of secrecy"),  # of an addition to a chain; a list has a title of its own
    "grades": _("Grades of the client"),
    "after_improvement_plan": _("Only after an improvement plan"),
    "team": _("Team"),
    "teams": _("Teams; none means all"),
    "clause": _("Clause"),
    "who": _("Owed by"),
    "to": _("Goes to"),
    "chair": _("Chaired by"),
    "walked_by": _("Walked by"),
}


@dataclass(frozen=True)
class Rebuilt:
    """Something that only one version has, or that both have otherwise, ready to be read."""

    path: str
    label: str
    before: Any
    after: Any
    source: str = ""  # that the words of an entry were set here


def rebuilt(before: Rules, after: Rules) -> list[Rebuilt]:
    """What was added, taken away or worded otherwise; of an entry that only one side has one line
    instead of one for each of its words. Values of parameters are none of it."""
    old, new = dict(_names(to_data(before))), dict(_names(to_data(after)))
    titles = dict(_titles(before)) | dict(_titles(after))
    known = titles | old | new
    found: dict[str, Rebuilt] = {}
    set_here = set(_set_here(to_data(after)))
    for one in differences(before, after):
        if one.path.startswith("origins."):
            found[one.path] = _of_origin(one, known)
        elif one.is_order:
            label = f"{_words(one.path, known)} · {pgettext('of a list', 'Order')}"
            sides = tuple(
                [names[f"{one.path}.{key}"] for key in keys]
                for names, keys in ((old, one.before), (new, one.after))
            )
            found[f"{one.path}.order"] = Rebuilt(one.path, label, *sides)
        elif one.path.endswith(".source"):
            continue  # it stands beside the words that it is about
        elif top := _whole(one.path, old, new):
            sides = (old.get(top), new.get(top))
            found.setdefault(top, Rebuilt(top, _words(top.rpartition(".")[0], known), *sides))
        elif not one.is_parameter:
            sides = (one.before, one.after)
            if one.path.endswith(".retired"):
                sides = (bool(one.before), bool(one.after))
            found[one.path] = Rebuilt(one.path, _words(one.path, known), *sides)
    return [
        replace(one, source=Source.ADMIN) if _entry_around(one.path, old | new) in set_here else one
        for one in found.values()
    ]


def _entry_around(path: str, known: Mapping[str, str]) -> str:
    """The path of the nearest entry to which a path belongs; empty where there is none."""
    return next((one for one in reversed([*_prefixes(path)]) if one in known), "")


def _of_origin(one: Difference, known: Mapping[str, str]) -> Rebuilt:
    """What a list says of where its words come from, before and after."""
    label = _words(one.path.removeprefix("origins."), known)
    before, after = (side and source_words(side["source"]) for side in (one.before, one.after))
    return Rebuilt(one.path, label, before, after)


def _set_here(node: Any, path: str = "") -> Iterator[str]:
    """The paths of all entries whose words were set here."""
    if isinstance(node, Mapping):
        if "key" in node and "source" in node:
            yield path
        for name, child in node.items():
            yield from _set_here(child, f"{path}.{name}" if path else name)
    elif isinstance(node, list) and all(isinstance(one, Mapping) for one in node):
        for one in node:
            yield from _set_here(one, f"{path}.{one.get('key') or one.get('id')}")


def _whole(path: str, old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """The entry around a path that only one side has; empty where both have all of them."""
    return next((one for one in _prefixes(path) if (one in old) != (one in new)), "")


def _prefixes(path: str) -> Iterator[str]:
    steps = path.split(".")
    return (".".join(steps[:count]) for count in range(1, len(steps) + 1))


def _words(path: str, known: Mapping[str, str]) -> str:
    """Each step by its name, that of an entry or the title of a list; an id with points in it is
    one step."""
    steps, named, since = path.split("."), [], 1
    named.append(str(SECTIONS.get(steps[0], steps[0])))
    for count, prefix in enumerate(_prefixes(path), start=1):
        if prefix in known and count > 1:
            named.append(known[prefix])
            since = count
    last = [step for step in steps[since:] if step in LABELS]
    return " · ".join((*named, *(str(LABELS[step]) for step in last)))


def _names(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every named thing with its path, as `comparing` tells them apart."""
    if isinstance(node, Mapping):
        for name, child in node.items():
            yield from _names(child, f"{path}.{name}" if path else name)
    elif isinstance(node, list) and all(isinstance(one, Mapping) for one in node):
        for one in node:
            key = str(one.get("key") or one.get("id"))
            yield f"{path}.{key}", _called(one, key)
            yield from _names(one, f"{path}.{key}")


def _titles(node: BaseModel, path: str = "") -> Iterator[tuple[str, str]]:
    """Every list that has a title, by its path."""
    for name, field in type(node).model_fields.items():
        child, place = getattr(node, name), f"{path}.{name}" if path else name
        if isinstance(child, tuple):
            if field.title or name in TITLES:
                yield place, title_of(name, field)
            for one in child:
                if isinstance(one, BaseModel):
                    key = getattr(one, "key", None) or getattr(one, "id", None)
                    yield from _titles(one, f"{place}.{key}")
        elif isinstance(child, BaseModel) and not isinstance(child, Parameter):
            yield from _titles(child, place)


def _called(entry: Mapping[str, Any], key: str) -> str:
    """An entry by its words, a part of an indicator by what it is made of."""
    if "zh" in entry:
        return in_language(entry["zh"], entry["en"])
    return made_of(entry["kind"], entry.get("metric", "")) if "share" in entry else key
