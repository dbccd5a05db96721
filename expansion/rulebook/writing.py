"""Writes a rulebook as TOML, laid out as the shipped presets are; `loading` reads it back."""

from collections.abc import Iterable, Mapping
from datetime import time
from decimal import Decimal
from enum import Enum
from typing import Any

import tomlkit
from tomlkit.items import AoT, Array, InlineTable, Item, Table

from expansion.rulebook.schema import Rules


def to_toml(rules: Rules) -> str:
    """The rulebook as TOML: read back by `loading.from_toml` it is equal to `rules`."""
    data = rules.model_dump(exclude_defaults=True)
    for name in ("chapters", "clauses"):
        if name in data:
            data[name] = {one.pop("id"): one for one in data[name]}
    document = tomlkit.document()
    _fill(document, data)
    return tomlkit.dumps(document)


def _fill(table: Any, data: Mapping[str, Any]) -> None:
    """Entries of one line first: what follows a sub-table's heading would belong to that."""
    items = {key: _item(value) for key, value in data.items() if value is not None}
    for key, item in sorted(items.items(), key=lambda one: isinstance(one[1], (Table, AoT))):
        table.add(key, item)


def _item(value: Any) -> Item:
    if isinstance(value, Mapping):
        return _inline(value) if _is_short(value) else _table(value)
    if isinstance(value, (list, tuple)):
        return _entries(value)
    return _plain(value)


def _table(data: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    _fill(table, data)
    return table


def _entries(values: Iterable[Any]) -> Item:
    """Named things with more than two labels get a heading each, all else stands in a list."""
    entries = list(values)
    if any(isinstance(one, Mapping) and not _is_short(one) for one in entries):
        tables = tomlkit.aot()
        for one in entries:
            tables.append(_table(one))
        return tables
    listed: Array = tomlkit.array()
    listed.extend(_short(one) for one in entries)
    return listed.multiline(any(isinstance(one, Mapping) for one in entries))


def _is_short(data: Mapping[str, Any]) -> bool:
    """A parameter, a cadence or an item with its labels: it fits one line."""
    if "source" in data and "key" not in data:
        return True
    return not any(_nests(value) for value in data.values())


def _nests(value: Any) -> bool:
    entries = value if isinstance(value, (list, tuple)) else [value]
    return any(isinstance(one, Mapping) for one in entries)


def _short(value: Any) -> Item:
    if isinstance(value, Mapping):
        return _inline(value)
    if isinstance(value, (list, tuple)):
        listed = tomlkit.array()
        listed.extend(_short(one) for one in value)
        return listed
    return _plain(value)


def _inline(data: Mapping[str, Any]) -> InlineTable:
    table = tomlkit.inline_table()
    for key, value in data.items():
        if value is not None:
            table.add(key, _short(value))
    return table


def _plain(value: Any) -> Item:
    written: Item
    if isinstance(value, Decimal):
        written = tomlkit.value(f"{value:f}")
    elif isinstance(value, Enum):
        written = tomlkit.item(value.value)
    else:
        written = tomlkit.item(value if isinstance(value, (str, bool, int, time)) else str(value))
    return written
