"""The words of a notice in its reader's language: as they come, or as an administrator puts them.

An administrator's words are stored per kind of event and language (`Wording`); between braces they
name what the telling carries. Where a telling lacks something that they name, its own words hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _

from expansion.notices.events import EVENTS, placeholders
from expansion.notices.models import Wording

if TYPE_CHECKING:
    from expansion.notices.services import Telling

Written = tuple[str, str]


def writer(tellings: list[Telling], kind: str, actor: Any) -> Callable[[Telling], Written]:
    """Gives title and text in the person's language; what many are told is written once in each."""
    said = {id(words): words for one in tellings for words in (one.title, one.text)}
    own = _own_words(kind)

    @cache
    def written(words: int, language: str) -> str:
        with translation.override(language):
            return str(said[words])

    def told(one: Telling) -> Written:
        language = one.person.language
        words = written(id(one.title), language), written(id(one.text), language)
        wording = own.get(language)
        return reworded(wording, words, facts_of(one, words, actor)) if wording else words

    return told


def _own_words(kind: str) -> dict[str, Wording]:
    """An administrator's words for this kind, by language."""
    if kind not in EVENTS:
        return {}
    return {one.language: one for one in Wording.objects.filter(kind=kind).exclude(title="")}


def facts_of(one: Telling, words: Written, actor: Any) -> dict[str, str]:
    """What the words for this telling may name, in the language of its reader."""
    usual = {
        "title": words[0],
        "text": words[1],
        "actor": actor.name if actor is not None else "",
        "record": str(one.about) if one.about is not None else "",
    }
    with translation.override(one.person.language):
        return usual | {name: str(value) for name, value in one.facts.items()}


def reworded(wording: Wording, words: Written, facts: Mapping[str, str]) -> Written:
    """The administrator's words filled in; the words as they come where something is missing."""
    try:
        title, text = wording.title.format_map(facts), wording.text.format_map(facts)
    except (LookupError, ValueError, AttributeError):
        return words
    return (title, text) if title.strip() else words


def example(kind: str, words: str) -> str:
    """The words with an example of each placeholder between quotes, for the preview."""
    return words.format_map({name: f"“{what}”" for name, what in placeholders(kind).items()})


def wrong_with(kind: str, words: str) -> str:
    """A sentence on what cannot be filled in; empty where everything can."""
    known = placeholders(kind)
    try:
        unknown = [name for name in _named(words) if name not in known]
    except ValueError:
        return _("A brace stands alone. A placeholder is written {title}, a brace twice.")
    if unknown:
        names = {"name": braced(unknown[0]), "names": ", ".join(map(braced, known))}
        return _("%(name)s is not known for this event. Choose from: %(names)s.") % names
    return ""


def braced(name: str) -> str:
    """A placeholder as it is written."""
    return f"{{{name}}}"


def _named(words: str) -> Iterator[str]:
    """What stands between braces, with everything that is no plain name as it was written."""
    for _text, name, form, conversion in Formatter().parse(words):
        if name is not None:
            yield name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
