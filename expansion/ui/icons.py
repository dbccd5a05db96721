"""Icons drawn into the page, taken one by one from the package @tabler/icons.

A name is the file's name in the package ("map-pin"), or "filled/star" for the solid drawing.
Each drawing is read from disk once per process.
"""

import logging
import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

logger = logging.getLogger(__name__)

HIDDEN = 'aria-hidden="true"'
_NAME = re.compile(r"(?:filled/)?[a-z0-9-]+")
_DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_FRAME = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" />')


class UnknownIcon(LookupError):
    """A template asks for an icon that the package does not have."""


@lru_cache(maxsize=512)
def drawing(name: str) -> SafeString:
    """The paths inside the icon's SVG, without the package's empty frame.

    Refuses, with UnknownIcon, a name that is not in the package.
    """
    source = _file(name)
    if not _NAME.fullmatch(name) or not source.is_file():
        raise UnknownIcon(f"@tabler/icons has no icon “{name}” (looked for {source.name})")
    paths = _DRAWING.search(source.read_text(encoding="utf-8"))[1]
    return SafeString(re.sub(r"\s*\n\s*", "", _FRAME.sub("", paths)))


def _file(name: str) -> Path:
    folder, _, stem = name.rpartition("/")
    icons = Path(settings.NODE_MODULES) / "@tabler/icons/icons"
    return icons / (folder or "outline") / f"{stem}.svg"


@lru_cache(maxsize=1024)
def svg(name: str, size: int = 16, label: str = "") -> SafeString:
    """The icon as inline SVG; decorative unless `label` gives it a name for screen readers."""
    return format_html(
        '<svg class="{}" width="{}" height="{}" viewBox="0 0 24 24" {}>{}</svg>',
        "glyph glyph-solid" if name.startswith("filled/") else "glyph",
        size,
        size,
        format_html('role="img" aria-label="{}"', label) if label else SafeString(HIDDEN),
        _drawing_or_nothing(name),
    )


@lru_cache(maxsize=256)
def symbols(names: str) -> SafeString:
    """One hidden SVG that defines icons by blank-separated names, for `reference` in long lists."""
    shapes = format_html_join(
        "",
        '<symbol id="icon-{}" viewBox="0 0 24 24">{}</symbol>',
        ((name, _drawing_or_nothing(name)) for name in names.split()),
    )
    return format_html('<svg class="glyph-symbols" aria-hidden="true">{}</svg>', shapes)


@lru_cache(maxsize=512)
def reference(name: str, size: int = 16) -> SafeString:
    """A short pointer to an icon that `symbols` defined earlier in the page."""
    return format_html(
        '<svg class="glyph" width="{}" height="{}" aria-hidden="true"><use href="#icon-{}"/></svg>',
        size,
        size,
        name,
    )


def _drawing_or_nothing(name: str) -> SafeString:
    """In production a missing drawing costs a log line, not the page."""
    try:
        return drawing(name)
    except UnknownIcon:
        if settings.DEBUG or settings.TESTING:
            raise
        logger.exception("icon missing")
        return SafeString("")
