"""Writes the traditional Chinese catalogue from the simplified one."""

from functools import cache
from pathlib import Path

import polib
from django.conf import settings
from django.core.management.base import BaseCommand
from opencc import OpenCC

# Where the converter's word is not the field's word in traditional script.
OVERRIDES = {
    "賬號": "帳號",
    "賬戶": "帳戶",
    "許可權": "權限",  # s2twp takes the right of a person for that of a file
    "引數": "參數",
    "釋出": "發布",
}


def traditional(text: str) -> str:
    """The text in traditional characters with Taiwan's words."""
    converted = _converter().convert(text)
    for found, wanted in OVERRIDES.items():
        converted = converted.replace(found, wanted)
    return converted


@cache
def _converter() -> OpenCC:
    return OpenCC("s2twp")


def converted(source: Path) -> polib.POFile:
    """The simplified catalogue with every translation converted."""
    catalogue = polib.pofile(str(source))
    catalogue.metadata |= {"Language": "zh_Hant"}
    for entry in catalogue:
        entry.msgstr = traditional(entry.msgstr)
        for number, text in entry.msgstr_plural.items():
            entry.msgstr_plural[number] = traditional(text)
    return catalogue


class Command(BaseCommand):
    help = "Writes locale/zh_Hant from locale/zh_Hans."

    def handle(self, *args, **options) -> None:
        folder = Path(settings.LOCALE_PATHS[0])
        target = folder / "zh_Hant/LC_MESSAGES/django.po"
        target.parent.mkdir(parents=True, exist_ok=True)
        converted(folder / "zh_Hans/LC_MESSAGES/django.po").save(str(target))
        self.stdout.write(f"{target.relative_to(folder.parent)} is written.")
