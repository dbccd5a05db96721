"""The one choice between what a person wrote in Chinese and in English."""

from django.utils.translation import get_language


def in_language(zh: str, en: str, language: str | None = None) -> str:
    """The English form for readers of English, where there is one, else the Chinese; the reader's
    language is that of the request, or `language` where it is given."""
    chosen = language or get_language() or "zh"
    return en if en and not chosen.startswith("zh") else zh
