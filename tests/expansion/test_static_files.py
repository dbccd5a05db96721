"""Package files come from an allow-list; production names carry hashes."""

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.core.management import call_command

from expansion.ui.static_files import PACKAGE_FILES, PackageFinder, PackageStorage


def test_every_listed_file_is_found_under_its_public_name():
    for name, source in PACKAGE_FILES.items():
        assert finders.find(name).endswith(source)


@pytest.mark.parametrize("name", ["vendor/tabler.js", "@tabler/core/package.json", "../manage.py"])
def test_nothing_outside_the_list_is_found(name):
    finder = PackageFinder()
    assert finder.find(name) == []
    assert finder.find(name, find_all=True) == []
    with pytest.raises(SuspiciousFileOperation):
        PackageStorage().path(name)


def test_collecting_leaves_out_what_is_ignored():
    listed = {name for name, _storage in PackageFinder().list(["*.css"])}
    assert "vendor/htmx.js" in listed
    assert not any(name.endswith(".css") for name in listed)


def test_missing_packages_are_one_error_that_says_what_to_run(settings, tmp_path):
    settings.NODE_MODULES = tmp_path
    errors = PackageFinder().check()
    assert [error.id for error in errors] == ["ui.E001"]
    assert "htmx.org" in errors[0].msg
    assert "npm ci" in errors[0].hint


def test_present_packages_are_no_error():
    assert PackageFinder().check() == []


def test_the_fonts_of_the_pdf_are_not_published():
    assert not any("font" in source for source in PACKAGE_FILES.values())


@pytest.mark.slow
def test_production_collects_under_hashed_names_and_our_styles_point_to_them(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "expansion.ui.static_files.HashedStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    vendor = {path.name for path in (tmp_path / "vendor").iterdir()}
    (sheet,) = (path for path in (tmp_path / "css").glob("tabler.*.css"))
    imported = sheet.read_text().split("vendor/")[1].split('"')[0]
    assert imported in vendor
    assert imported != "tabler.css"
    assert f"{imported}.br" in vendor or f"{imported}.gz" in vendor


def test_our_own_scripts_and_styles_hold_nothing_that_the_csp_would_block(settings):
    for template in (settings.BASE_DIR / "templates").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert " style=" not in text, template
        assert "<style" not in text, template
        assert "onclick=" not in text, template
