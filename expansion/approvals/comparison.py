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


def compared(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Part]]:
    """{section key: parts} of the sections of `new` that differ from `old`."""
    before = {section["key"]: section["text"] for section in old["sections"]}
    return {
        section["key"]: list(parts(before.get(section["key"], ""), section["text"]))
        for section in new["sections"]
        if before.get(section["key"], "") != section["text"]
    }


def parts(old: str, new: str) -> Iterator[Part]:
    """The new text with what was removed, in reading order."""
    before, after = CLAUSE.findall(old), CLAUSE.findall(new)
    for act, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if act == "equal":
            yield Part("same", "".join(after[k:m]))
            continue
        if removed := "".join(before[i:j]):
            yield Part("removed", removed)
        if added := "".join(after[k:m]):
            yield Part("added", added)
