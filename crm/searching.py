"""Finding clients by part of a name, pinyin, initials or a phone's tail, index-backed.

The `search` column holds words between blanks: every character and pair of characters of each
name, then the name, its pinyin, its initials and the phone tails as they are. A trigram index
answers a pattern of three characters and more anywhere in it; one or two characters are looked up
as whole words, because PostgreSQL counts the blank on either side into the trigrams.
"""

from collections.abc import Iterable
from unicodedata import normalize

from django.db.models import Q, QuerySet

from crm.naming import syllables

SHORT = 2


def indexed(name: str, *, people: Iterable[str] = (), tails: Iterable[str] = ()) -> str:
    """What the `search` column of a client holds: its name, its contact persons, phone tails."""
    words = _words(name, is_person=False)
    for person in people:
        words += _words(person, is_person=True)
    words += [tail for tail in tails if tail]
    return f" {' '.join(dict.fromkeys(words))} "


def _words(name: str, *, is_person: bool) -> list[str]:
    plain = normalize("NFKC", name).lower().replace(" ", "")
    if not plain:
        return []
    sounds = syllables(plain, is_person=is_person)
    first_letters = "".join(sound[0] for sound in sounds)
    return [*_grams(plain), *_grams(first_letters), plain, "".join(sounds), first_letters]


def _grams(text: str) -> list[str]:
    return [*text, *(text[i : i + SHORT] for i in range(len(text) - 1))]


def matching(records: QuerySet, text: str) -> QuerySet:
    """The records in which every word of `text` is found."""
    for pattern in _patterns(text):
        records = records.filter(search__icontains=pattern)
    return records


def named(text: str) -> Q:
    """What selects the records with every word of `text` in their name as it is written."""
    return Q(*(Q(name__icontains=word) for word in _words_of(text)))


def fits(text: str, words: str) -> bool:
    """Whether every word of `text` is found in what `indexed` gave."""
    return all(pattern in words for pattern in _patterns(text))


def _patterns(text: str) -> list[str]:
    return [f" {word} " if len(word) <= SHORT else word for word in _words_of(text)]


def _words_of(text: str) -> list[str]:
    return normalize("NFKC", text).replace("\x00", "").lower().split()
