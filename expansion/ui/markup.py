"""HTML made without a template, where a page draws the same thing hundreds of times."""

from html import escape
from typing import Any


def safe(text: Any) -> str:
    """The HTML of a text; what is HTML already stays as it is."""
    return text.__html__() if hasattr(text, "__html__") else escape(str(text))
