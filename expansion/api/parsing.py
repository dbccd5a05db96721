"""What the API reads: JSON in UTF-8, of a bounded size and depth, that every database can keep."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

DEEPEST = 20
LARGEST_NUMBER = 2**63


class TooLarge(APIException):
    status_code = 413


class StrictJSON(BaseParser):
    """JSON as RFC 8259 has it, whatever the request says of its charset.

    Refused with 400: another encoding, NaN and Infinity, numbers that no column holds, NUL and
    lone surrogates in texts and names, and more than `DEEPEST` levels; with 413: more bytes than
    any record has.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(most + 1)
        if len(body) > most:
            raise TooLarge(_("This is too much at once: at most %(most)s MB.") % _megabytes(most))
        try:
            found = json.loads(body.decode("utf-8"), parse_constant=_no_number)
        except (ValueError, RecursionError):
            raise ParseError(_("The request is no JSON in UTF-8.")) from None
        _check(found)
        return found


def _megabytes(most: int) -> dict[str, int]:
    return {"most": most // 1024**2}


def _no_number(word: str) -> Any:
    raise ValueError(word)


def _check(found: Any) -> None:
    """Walks level by level, so that no depth of the caller's choosing becomes ours."""
    level: list[Any] = [found]
    for _depth in range(DEEPEST):
        below: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                below += [*one.keys(), *one.values()]
            elif isinstance(one, list):
                below += one
            else:
                _check_value(one)
        if not below:
            return
        level = below
    raise ParseError(_("The request is nested too deeply."))


def _check_value(one: Any) -> None:
    if isinstance(one, str) and not _storable(one):
        raise ParseError(_("A text holds signs that cannot be stored."))
    if isinstance(one, int) and not -LARGEST_NUMBER <= one < LARGEST_NUMBER:
        raise ParseError(_("A number is too large."))
    if isinstance(one, float) and not math.isfinite(one):
        raise ParseError(_("A number is too large."))


def _storable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)
