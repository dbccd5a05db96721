"""Writes that change what a draft is made of: a file read into it, entries of its lists."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access
from expansion.audit.services import write
from expansion.errors import Invalid
from expansion.rulebook.checks import problems
from expansion.rulebook.comparing import differences
from expansion.rulebook.deciders import require_all_there
from expansion.rulebook.entries import collections, stays
from expansion.rulebook.loading import from_data, from_toml, to_data
from expansion.rulebook.models import Version
from expansion.rulebook.origins import marked, remarked
from expansion.rulebook.parameters import UNCONFIRMED, Listed, place_of, put
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import drafted_rules, rules_of
from expansion.rulebook.services.drafts import opened_draft
from expansion.rulebook.values import Origin, Source


@transaction.atomic
def upload_draft(
    *, actor: Any, text: str, draft: int | None = None, version: int | None = None
) -> Version:
    """Reads a whole rulebook from TOML into the draft; what the draft held before is replaced.

    Of where its values come from the file says only what still waits for somebody's word: a value,
    or an entry's words, that differs from the version in force was set here, whatever it claims.

    Raises:
        Forbidden: the actor does not edit the rulebook.
        Invalid: the text does not hold, belongs to another regulation, names people or
            departments who are not there, or lacks entries that records may name; a sentence per
            reason.
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
    require_all_there(rules, base)
    rules = _with_sources(rules, base)
    return put_rules(actor, written, rules, "rulebook.draft.uploaded", {})


def _with_sources(rules: Rules, base: Rules) -> Rules:
    known = {one.path: one for one in base.parameters()}
    data = remarked(to_data(rules), to_data(base))
    for one in rules.parameters():
        source = _source(one, known.get(one.path))
        put(data, one.path, {**one.parameter.model_dump(), "source": source})
    for path, origin in rules.origins.items():
        data["origins"][path]["source"] = _claimed(origin.source, base.origins.get(path))
    return from_data(data)


def _source(given: Listed, before: Listed | None) -> Source:
    if given.source not in UNCONFIRMED and (before is None or given.value != before.value):
        return Source.ADMIN
    return _claimed(given.source, before)


def _claimed(given: Source, before: Listed | Origin | None) -> Source:
    """That it is stated says the version in force; a file cannot confirm by claiming it."""
    return before.source if before and given is Source.STATED else given


@transaction.atomic
def change_list(
    *,
    actor: Any,
    path: str,
    entries: Sequence[Mapping[str, Any]],
    draft: int | None = None,
    version: int | None = None,
) -> Version:
    """Words, orders and extends a list of choices, retires its entries or takes them up again.

    `entries` have `key`, `zh` and `en` each, and `retired` where they are offered no more. Those
    that say something else than the version in force were set here.

    Raises:
        Forbidden: the actor does not edit the rulebook.
        Invalid: there is no such list, an entry lacks a label, a key stands twice, one that
            records may name is left out, or nothing would be offered any more.
        NotNow, Stale: as `change_draft`.
    """
    access.require(actor, "edit", Version)
    written = opened_draft(actor, draft, version)
    data = to_data(drafted_rules(written))
    place, name = place_of(data, path)
    known = {one["key"]: one for one in place[name]}
    before = _standing(to_data(rules_of(written.based_on)), path)
    reworded = (_reworded(known.get(one["key"], {}), one) for one in entries)
    place[name] = [marked(one, before.get(one["key"])) for one in reworded]
    rules = from_data(data, unfinished=True)
    return put_rules(actor, written, rules, "rulebook.list.changed")


def _standing(data: Any, path: str) -> Mapping[str, Any]:
    """The entries of a list by their keys; none where the list is not there yet."""
    try:
        place, name = place_of(data, path)
    except Invalid:
        return {}
    return {one["key"]: one for one in place[name]}


def _reworded(before: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    """What else an entry says stays; that it is retired it says each time."""
    return {name: value for name, value in before.items() if name != "retired"} | dict(entry)


def put_rules(
    actor: Any,
    draft: Version,
    rules: Rules,
    verb: str,
    values: Mapping[str, Any] | None = None,
) -> Version:
    """Makes `rules` what the draft rests on; its own `values` stay where their place stays.

    Raises:
        Invalid: an entry is gone that records may name, or something does not hold that held
            before. Sums may be off until the draft is published.
    """
    if lost := dict(_lost(rules_of(draft.based_on), rules)):
        raise Invalid(fields=lost)
    known = {one.path for one in rules.parameters()}
    held = draft.changes if values is None else values
    kept = {path: value for path, value in held.items() if path in known}
    before = drafted_rules(draft).with_changes(draft.changes, unfinished=True)
    after = rules.with_changes(kept, unfinished=True)
    _refuse_breaches(before, after)
    found = differences(before, after)
    if found:
        draft.take_request_back()
    draft.content, draft.changes = to_data(rules), kept
    draft.version += 1
    draft.save()
    told = (one for one in found if not one.path.endswith(".source"))
    changed = {one.path: [one.before, one.after] for one in told}
    write(actor=actor, verb=verb, about=draft, changes=changed)
    return draft


def _refuse_breaches(before: Rules, after: Rules) -> None:
    stood = set(problems(before))
    fields: dict[str, list[str]] = {}
    for one in problems(after):
        if not one.unfinished and one not in stood:
            fields.setdefault(one.path, []).append(one.sentence)
    if fields:
        raise Invalid(fields=fields)


def _lost(base: Rules, rules: Rules) -> Iterator[tuple[str, list[str]]]:
    """Keys that the version in force has and the new one has not, and that have to stay."""
    free = {one.path for one in collections(base)}
    kept = dict(_keys(to_data(rules)))
    for path, keys in _keys(to_data(base)):
        for key in keys:
            if path in kept and key not in kept[path]:
                sentence = stays(path, key) if path in free else _named(path, key)
                if sentence:
                    yield f"{path}.{key}", [sentence]


def _named(path: str, key: str) -> str:
    words = {"key": key, "path": path}
    return _("“%(key)s” is missing in %(path)s. Records may name it: retire it instead.") % words


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
