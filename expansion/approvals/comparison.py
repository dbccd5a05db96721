"""What changed between two versions of a document, section by section."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

# A document is compared by clauses, so that a change reads as words and not as single characters.
CLAUSE = re.compile(r"[^，。；：！？,;!?\n]*[，。；：！？,;!?\n]?")


@dataclass(frozen=True)
class Part:
    """A piece of text: `same`, `added` or `removed`."""

    state: str
    text: str


def _clauses(text: str) -> list[str]:
    return [one for one in CLAUSE.findall(text) if one]


def compared(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Part]]:
    """{section key: parts} of the sections that differ, those that are gone among them."""
    before = {section["key"]: section["text"] for section in old["sections"]}
    after = {section["key"]: section["text"] for section in new["sections"]}
    return {
        key: list(parts(before.get(key, ""), after.get(key, "")))
        for key in dict.fromkeys((*after, *before))
        if before.get(key, "") != after.get(key, "")
    }


def gone(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, str]]:
    """The sections of `old` that `new` lacks, without their text."""
    kept = {section["key"] for section in new["sections"]}
    return [one | {"text": ""} for one in old["sections"] if one["key"] not in kept and one["text"]]


def compared_facts(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, list[Part]]]:
    """Every fact of both documents by its label: amounts, days, files and their checksums."""
    before, after = _by_label(old), _by_label(new)
    return [
        (label, list(_told(before.get(label, []), after.get(label, []))))
        for label in dict.fromkeys((*after, *before))
    ]


def _by_label(document: Mapping[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for label, value in document.get("facts", ()):
        found.setdefault(label, []).append(value)
    return found


def _told(before: list[str], after: list[str]) -> Iterator[Part]:
    """Values are short: one that changed is told whole."""
    yield from (Part("removed", value) for value in before if value not in after)
    yield from (Part("same" if value in before else "added", value) for value in after)


def parts(old: str, new: str) -> Iterator[Part]:
    """The new text with what was removed, in reading order."""
    before, after = _clauses(old), _clauses(new)
    for act, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if act == "equal":
            yield Part("same", "".join(after[k:m]))
            continue
        if removed := "".join(before[i:j]):
            yield Part("removed", removed)
        if added := "".join(after[k:m]):
            yield Part("added", added)
