"""Writes over what a draft is made of, entry by entry: posts, teams, indicators, chains."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import ValidationError

from expansion import access
from expansion.errors import Gone, Invalid
from expansion.rulebook.blanks import BEGINNINGS, parameter_in
from expansion.rulebook.deciders import require_there
from expansion.rulebook.entries import Collection, collection_at
from expansion.rulebook.lists import new_key
from expansion.rulebook.loading import from_data, to_data
from expansion.rulebook.models import Version
from expansion.rulebook.origins import around
from expansion.rulebook.parameters import place_of
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import drafted_rules, rules_of
from expansion.rulebook.sentences import refusal
from expansion.rulebook.services.content import put_rules
from expansion.rulebook.services.drafts import merged, opened_draft
from expansion.rulebook.values import Item, Source


@transaction.atomic
def add_entry(
    *,
    actor: Any,
    path: str,
    values: Mapping[str, Any],
    like: str = "",
    draft: int | None = None,
    version: int | None = None,
) -> Version:
    """Adds an entry to a list of the draft; what `values` leave out comes from the entry `like`.

    Without a key it gets one of its English words. A sum that the entry moves may be off until the
    draft is published.

    Raises:
        Forbidden: the actor does not edit the rulebook.
        Gone: there is no such list, or no entry to begin from.
        Invalid: the key is taken, a value does not hold, or it names what or who is not there.
        NotNow, Stale: as `change_draft`.
    """
    access.require(actor, "edit", Version)
    written = opened_draft(actor, draft, version)
    rules = drafted_rules(written)
    found, data = collection_at(rules, path), to_data(rules)
    _require_there(values, found.entry(like) if like else None)
    entry = _beginning(found, like) | _plain(found, values)
    entry |= {name: _own(found, name, value) for name, value in _parameters(found, values).items()}
    entry["key"] = _free_key(found, values)
    if issubclass(found.model, Item):
        entry["source"] = Source.ADMIN
    place, name = place_of(data, path)
    place[name] = [*place[name], entry]
    return put_rules(actor, written, from_data(data, unfinished=True), "rulebook.entry.added")


@transaction.atomic
def change_entry(
    *,
    actor: Any,
    path: str,
    key: str,
    values: Mapping[str, Any],
    draft: int | None = None,
    version: int | None = None,
) -> Version:
    """Changes an entry of the draft: its words and what it names, and its values. The key stays.

    Raises: as `add_entry`.
    """
    access.require(actor, "edit", Version)
    written = opened_draft(actor, draft, version)
    rules = drafted_rules(written)
    found, data = collection_at(rules, path), to_data(rules)
    held = found.entry(key)
    _require_there(_plain(found, values), held)
    place, name = place_of(data, path)
    entry = next(one for one in place[name] if one["key"] == key)
    entry |= _plain(found, values)
    if issubclass(found.model, Item):
        entry["source"] = _source_of(found, key, values, rules_of(written.based_on))
    moved = {}
    for field, value in _parameters(found, values).items():
        if getattr(held, field) is None:
            entry[field] = _own(found, field, value)
        else:
            moved[f"{path}.{key}.{field}"] = value
    rules = from_data(data, unfinished=True)
    changes = merged(written, moved, confirmed=written.changes)
    return put_rules(actor, written, rules, "rulebook.entry.changed", changes)


@transaction.atomic
def remove_entry(
    *, actor: Any, path: str, key: str, draft: int | None = None, version: int | None = None
) -> Version:
    """Takes an entry out of the draft, where nothing refers to it.

    Raises:
        Invalid: something names it; a sentence says what.
        Forbidden, Gone, NotNow, Stale: as `add_entry`.
    """
    access.require(actor, "edit", Version)
    written = opened_draft(actor, draft, version)
    rules = drafted_rules(written)
    collection_at(rules, path).entry(key)
    data = to_data(rules)
    place, name = place_of(data, path)
    place[name] = [one for one in place[name] if one["key"] != key]
    data["origins"] = {
        of: one for of, one in data["origins"].items() if f"{path}.{key}" not in around(of)
    }
    return put_rules(actor, written, from_data(data, unfinished=True), "rulebook.entry.removed")


def _require_there(values: Mapping[str, Any], held: Any) -> None:
    """Who decides is there, or stands in the entry already (`deciders.require_there`)."""
    for name, value in values.items():
        standing = getattr(held, name, None)
        require_there(name, value, getattr(standing, "value", standing))


def _beginning(found: Collection, like: str) -> dict[str, Any]:
    """The copied entry, with its own lists; without one, what its kind begins with."""
    if like:
        copied: dict[str, Any] = _proposed(found.entry(like).model_dump(mode="json"))
        return copied
    return dict(BEGINNINGS.get(found.model, {}))


def _proposed(node: Any) -> Any:
    """A copy says of its values that we propose them: the regulation states the other entry's."""
    if isinstance(node, list):
        return [_proposed(one) for one in node]
    if not isinstance(node, dict):
        return node
    if node.get("source") in (Source.STATED, Source.PLACEHOLDER):
        return {"value": node["value"], "source": Source.PROPOSAL}
    return {name: _proposed(one) for name, one in node.items()}


def _free_key(found: Collection, values: Mapping[str, Any]) -> str:
    taken = [one.key for one in found.items]
    key = str(values.get("key") or "")
    if key in taken:
        raise Invalid(fields={"key": [_("“%(key)s” stands there twice.") % {"key": key}]})
    return key or new_key(str(values.get("en", "")), taken)


def _plain(found: Collection, values: Mapping[str, Any]) -> dict[str, Any]:
    """What stands there as it is: words, kinds, and the keys of other entries."""
    fields = found.model.model_fields
    named = {name: value for name, value in values.items() if name in fields and name != "key"}
    return {name: value for name, value in named.items() if not _is_parameter(found, name)}


def _source_of(
    found: Collection, key: str, values: Mapping[str, Any], base: Rules
) -> Source | None:
    """That what an entry says was set here; where it says what it said before, what that says."""
    try:
        before = collection_at(base, found.path).entry(key)
    except Gone:
        return Source.ADMIN
    given = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in _plain(found, values).items()
    }
    same = all(getattr(before, name) == value for name, value in given.items())
    return before.source if same else Source.ADMIN


def _parameters(found: Collection, values: Mapping[str, Any]) -> dict[str, Any]:
    fields = found.model.model_fields
    return {name: values[name] for name in values if name in fields and _is_parameter(found, name)}


def _is_parameter(found: Collection, name: str) -> bool:
    return parameter_in(found.model.model_fields[name].annotation) is not None


def _own(found: Collection, name: str, value: Any) -> dict[str, Any] | None:
    """A parameter as it is stored when somebody sets it here; the default where it is that."""
    field = found.model.model_fields[name]
    kind = parameter_in(field.annotation)
    assert kind is not None  # noqa: S101 — only parameters come here
    try:
        given = kind.model_validate({"value": value, "source": Source.ADMIN})
    except ValidationError as error:
        raise refusal(error, within=name) from error
    default = given if field.is_required() else field.get_default()
    if default is None and given.value is None:
        return None
    if default is not None and default.value == given.value:
        given = default
    return dict(given.model_dump(mode="json"))
