"""A published regulation is read out of its row once in a process, by what it says.

Every test forgets its versions, whose ids and moments come again; most of them say the same, and
to read one takes longer than many a test. What was read is frozen.
"""

import json
from functools import lru_cache
from typing import Any

from expansion.rulebook import selectors
from expansion.rulebook.schema import PUBLISHED, Rules


class _ByContent:
    """Stands for `Rules` where `selectors` reads a stored version; drafts are read as ever."""

    @staticmethod
    def model_validate(content: Any, *, context: Any = None) -> Rules:
        if context == PUBLISHED:
            return _read(json.dumps(content))
        return Rules.model_validate(content, context=context)


@lru_cache(maxsize=64)
def _read(content: str) -> Rules:
    return Rules.model_validate(json.loads(content), context=PUBLISHED)


def once_per_content() -> None:
    selectors.Rules = _ByContent
