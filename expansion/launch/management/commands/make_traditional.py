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
    # It takes our words for those of programs.
    "許可權": "權限",
    "引數": "參數",
    "釋出": "發布",
    "物件": "對象",
    "型別": "類型",
    "宣告": "聲明",
    "信用程式碼": "信用代碼",
    "國家程式碼": "國家代碼",
    "申訴視窗": "申訴窗口",
    # It cuts words in the wrong place.
    "被髮布": "被發布",
    "錶": "表",
    "單隻": "單只",
    "沒有隻": "沒有只",
    "天后": "天後",
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
