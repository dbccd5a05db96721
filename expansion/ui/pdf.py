"""Paper: a template drawn as PDF with real, embedded Chinese text."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from expansion.errors import Missing
from expansion.machine import CHINESE_FONT, pdf_missing

BOLD_FONT = CHINESE_FONT.parent.parent / "700Bold" / "NotoSansSC_700Bold.ttf"
PAPER = settings.BASE_DIR / "static" / "css" / "paper.css"


def pdf(template: str, context: Mapping[str, Any]) -> bytes:
    """The template as PDF; it extends `layouts/paper.html`.

    Nothing is loaded but our own fonts and style sheet: a text that somebody typed cannot make the
    server fetch an address.

    Raises:
        Missing: this machine lacks Pango or the font; the sentence says what to install.
    """
    if lacking := pdf_missing():
        raise Missing(lacking)
    # Loads Pango at import, which a machine that never prints may lack.
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    page = render_to_string(template, dict(context))
    # Sheet and page share it; otherwise the fonts of @font-face are silently not used.
    fonts = FontConfiguration()
    files = URLFetcher(allowed_protocols=["file"])
    style = CSS(string=_style(), url_fetcher=files, font_config=fonts)
    written = HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=[]))
    return written.write_pdf(stylesheets=[style], font_config=fonts)


@cache
def _style() -> str:
    """The style sheet of paper, with the fonts by their place on this machine."""
    faces = [_face(CHINESE_FONT, 400), _face(BOLD_FONT, 700)]
    return "\n".join([*faces, PAPER.read_text(encoding="utf-8")])


def _face(file: Path, weight: int) -> str:
    return (
        f'@font-face {{ font-family: "Noto Sans SC"; font-weight: {weight}; '
        f'src: url("{file.as_uri()}"); }}'
    )
