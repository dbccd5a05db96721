"""Writes that change what a draft is made of: a file read into it, entries of its lists."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access
from expansion.audit.services import write
from expansion.errors import Invalid
from expansion.rulebook.comparing import differences
from expansion.rulebook.loading import from_data, from_toml, to_data
from expansion.rulebook.models import Version
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import drafted_rules, rules_of
from expansion.rulebook.services.drafts import opened_draft


@transaction.atomic
def upload_draft(
    *, actor: Any, text: str, draft: int | None = None, version: int | None = None
) -> Version:
    """Reads a whole rulebook from TOML into the draft; what the draft held before is replaced.

    Raises:
        Forbidden: the actor does not edit the rulebook.
        Invalid: the text does not hold, belongs to another regulation, or lacks entries that
            records may name; a sentence per reason.
        NotNow, Stale: as `change_draft`.
    """
    access.require(actor, "edit", Version)
    rules = from_toml(text)
    written = opened_draft(actor, draft, version)
    base = rules_of(written.based_on)
    if rules.policy.key != base.policy.key:
        words = {"file": rules.policy.key, "here": base.policy.key}
        raise Invalid(
            _("The file is the regulation “%(file)s”. Here “%(here)s” is in force.") % words
        )
    return _put(actor, written, rules, "rulebook.draft.uploaded")


@transaction.atomic
def change_list(
    *,
    actor: Any,
    path: str,
    entries: Sequence[Mapping[str, str]],
    draft: int | None = None,
    version: int | None = None,
) -> Version:
    """Words, orders and extends a list of choices; `entries` have `key`, `zh` and `en` each.

    Raises:
        Forbidden: the actor does not edit the rulebook.
        Invalid: there is no such list, an entry lacks a label, a key stands twice, or one that
            records may name is left out.
        NotNow, Stale: as `change_draft`.
    """
    access.require(actor, "edit", Version)
    written = opened_draft(actor, draft, version)
    data = to_data(drafted_rules(written))
    place, name = _place(data, path)
    known = {one["key"]: one for one in place[name]}
    place[name] = [{**known.get(one["key"], {}), **one} for one in entries]
    return _put(actor, written, from_data(data), "rulebook.list.changed")


def _place(data: Any, path: str) -> tuple[Any, str]:
    """Where the list stands in the data: what holds it, and its name there."""
    *way, name = path.split(".")
    try:
        for step in way:
            data = data[step] if isinstance(data, dict) else _entry(data, step)
        if isinstance(data[name], list):
            return data, name
    except (KeyError, StopIteration, TypeError):
        pass
    raise Invalid(_("“%(path)s” is no list of the rulebook.") % {"path": path})


def _entry(entries: Sequence[Any], key: str) -> Any:
    return next(one for one in entries if one["key"] == key)


def _put(actor: Any, draft: Version, rules: Rules, verb: str) -> Version:
    base = rules_of(draft.based_on)
    if lost := dict(_lost(base, rules)):
        raise Invalid(fields=lost)
    before = drafted_rules(draft)
    draft.content = to_data(rules)
    known = {one.path for one in rules.parameters()}
    draft.changes = (
        {path: value for path, value in draft.changes.items() if path in known}
        if verb == "rulebook.list.changed"
        else {}
    )
    draft.version += 1
    draft.save()
    changed = {one.path: [one.before, one.after] for one in differences(before, rules)}
    write(actor=actor, verb=verb, about=draft, changes=changed)
    return draft


def _lost(base: Rules, rules: Rules) -> Iterator[tuple[str, list[str]]]:
    """Keys that the version in force has and the new one has not: records may name them."""
    kept = dict(_keys(to_data(rules)))
    for path, keys in _keys(to_data(base)):
        for key in keys:
            if path in kept and key not in kept[path]:
                yield (
                    f"{path}.{key}",
                    [
                        _("“%(key)s” is missing in %(path)s. Records may name it: keep it.")
                        % {"key": key, "path": path}
                    ],
                )


def _keys(node: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """The keys of every list of named things, by its path; clauses and chapters are none."""
    if isinstance(node, dict):
        for name, child in node.items():
            yield from _keys(child, f"{path}.{name}" if path else name)
    elif isinstance(node, list) and node and all("key" in one for one in node if one):
        if all(isinstance(one, dict) for one in node):
            yield path, [one["key"] for one in node]
            for one in node:
                yield from _keys(one, f"{path}.{one['key']}")
