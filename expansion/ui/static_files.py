"""Static files: our own folder, and single files of npm packages by an allow-list.

Whole package folders would take minutes to collect and publish thousands of files nobody asks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core import checks
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

# name below /static/ → file below node_modules/
PACKAGE_FILES = {
    "vendor/tabler.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/htmx.js": "htmx.org/dist/htmx.min.js",
    "vendor/sortable.js": "sortablejs/Sortable.min.js",
    "vendor/echarts.js": "echarts/dist/echarts.min.js",
    "vendor/swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
    "vendor/swagger-ui.js": "swagger-ui-dist/swagger-ui-bundle.js",
}


class PackageStorage(FileSystemStorage):
    """Reads the allow-listed files under their public names; it knows no other name."""

    prefix = ""

    def __init__(self) -> None:
        super().__init__(location=settings.NODE_MODULES)

    def path(self, name: str) -> str:
        """The file behind a public name; a name outside the list is refused."""
        source = PACKAGE_FILES.get(name)
        if source is None:
            raise SuspiciousFileOperation(f"{name} is not on the list of package files")
        return str(Path(settings.NODE_MODULES) / source)


class PackageFinder(BaseFinder):
    """Finds PACKAGE_FILES for the development server, WhiteNoise and collectstatic."""

    def __init__(self, app_names=None, *args, **kwargs) -> None:
        self.storage = PackageStorage()

    def find(self, path: str, find_all: bool = False, **kwargs) -> str | list[str]:
        """The absolute path of one allow-listed name, or an empty list as Django expects."""
        if path not in PACKAGE_FILES or not self.storage.exists(path):
            return []
        found = self.storage.path(path)
        return [found] if find_all else found

    def list(self, ignore_patterns: list[str] | None) -> Iterator[tuple[str, PackageStorage]]:
        """Every allow-listed name that the patterns do not leave out."""
        for name in PACKAGE_FILES:
            if not matches_patterns(name, ignore_patterns or []):
                yield name, self.storage

    def check(self, **kwargs) -> list[checks.CheckMessage]:
        """One error naming the missing packages; `manage.py check` and every start show it."""
        missing = [
            source for name, source in PACKAGE_FILES.items() if not self.storage.exists(name)
        ]
        if not missing:
            return []
        return [
            checks.Error(
                f"Front-end packages are missing: {', '.join(missing)}",
                hint="Run npm ci (make setup does it).",
                id="ui.E001",
            )
        ]


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Names with content hashes and compressed copies, for production.

    Only url() and @import of our style sheets are rewritten: packages name source maps that are
    not published, and Django would stop at the first of them.
    """

    patterns = (
        (
            "*.css",
            (
                r"""(?P<matched>url\((?P<quote>['"]?)\s*(?P<url>.*?)['"]?\))""",
                (
                    r"""(?P<matched>@import\s*["']\s*(?P<url>.*?)["'])""",
                    """@import url("%(url)s")""",
                ),
            ),
        ),
    )
