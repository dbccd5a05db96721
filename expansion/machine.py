"""What this machine brings along for PDF: Pango and a Chinese font. Standard library only.

Any room may ask. Nothing here imports WeasyPrint, which loads Pango at import.
"""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHINESE_FONT = (
    ROOT / "node_modules/@expo-google-fonts/noto-sans-sc" / "400Regular/NotoSansSC_400Regular.ttf"
)

# What WeasyPrint loads, and the Debian package that holds it. The last one makes a Chinese page
# twenty times faster; printing works without it.
PANGO = {
    "libpango-1.0-0": ("libpango-1.0.so.0", "libpango-1.0.dylib"),
    "libpangoft2-1.0-0": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
}
SUBSETTING = {"libharfbuzz-subset0": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.dylib")}


def missing_packages(*, quick: bool = True) -> list[str]:
    """The Debian packages that printing lacks; `quick` counts the one that only speeds it up."""
    wanted = {**PANGO, **(SUBSETTING if quick else {})}
    return [package for package, names in wanted.items() if not any(map(_loads, names))]


def pdf_missing() -> str | None:
    """Why no PDF can be made here, as a sentence; None when it can. Cheap: asked once."""
    # Inside, because the set-up imports this module before Django is there.
    from django.utils.translation import gettext as _

    packages = _printing_lacks()
    if packages:
        return _("PDF needs %(packages)s on the server. Ask the administrator to install it.") % {
            "packages": ", ".join(packages)
        }
    if not CHINESE_FONT.exists():
        return _(
            "PDF needs the Chinese font on the server. Ask the administrator to run make setup."
        )
    return None


@cache
def _printing_lacks() -> tuple[str, ...]:
    return tuple(missing_packages(quick=False))


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:  # The loader's way to say that it is not there.
        return False
    return True
