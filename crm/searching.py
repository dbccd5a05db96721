"""Finding clients by part of a name, pinyin, initials or a phone's tail, index-backed.

The `search` column holds words between blanks: every character and pair of characters of the name,
then the name, its pinyin, its initials and the phone tails as they are. A trigram index answers a
pattern of three characters and more anywhere in it; one or two characters are looked up as whole
words, because PostgreSQL counts the blank on either side into the trigrams.
"""

from collections.abc import Iterable
from unicodedata import normalize

from django.db.models import QuerySet

from crm import naming

SHORT = 2


def indexed(name: str, extras: Iterable[str] = ()) -> str:
    """What the `search` column of a record with this name holds."""
    plain = normalize("NFKC", name).lower().replace(" ", "")
    syllables = naming.syllables(plain)
    initials = naming.initials(plain)
    words = [*_grams(plain), *_grams(initials), plain, "".join(syllables), initials]
    words += [extra.lower() for extra in extras if extra]
    return " " + " ".join(dict.fromkeys(words)) + " "


def _grams(text: str) -> list[str]:
    return [*text, *(text[i : i + SHORT] for i in range(len(text) - 1))]


def matching(records: QuerySet, text: str, *, column: str = "search") -> QuerySet:
    """The records in which every word of `text` is found."""
    for word in normalize("NFKC", text).lower().split():
        pattern = f" {word} " if len(word) <= SHORT else word
        records = records.filter(**{f"{column}__icontains": pattern})
    return records
