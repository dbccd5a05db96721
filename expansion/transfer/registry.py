"""Which lists can be imported into and exported; apps register theirs from their `transfer.py`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from expansion.errors import Gone
from expansion.transfer.columns import Column
from expansion.transfer.models import Import, ImportRow
from expansion.transfer.values import Problem
from expansion.ui.listing import Listing


@dataclass(slots=True)
class Draft:
    """One row of data on its way: what was read from it, and its account."""

    row: ImportRow
    values: dict[str, Any]
    problems: list[Problem]

    @property
    def refusal(self) -> str:
        """The sentence that refuses the row; empty when it can be taken over."""
        return next((problem.message for problem in self.problems if problem.blocking), "")

    def ends(self, outcome: str, reason: str = "", *, match: int | None = None) -> None:
        """This becomes of the row, for this reason; `match` is the record that is there."""
        self.row.outcome, self.row.reason, self.row.match = outcome, reason[:500], match


class Run(ABC):
    """One pass over the rows of an import, in the order of the sheet, batch by batch."""

    @abstractmethod
    def judge(self, drafts: Sequence[Draft]) -> None:
        """Give every draft its outcome and reason; the number of queries is fixed."""

    @abstractmethod
    def write(self, drafts: Sequence[Draft]) -> None:
        """Write what was judged, set-based, inside the caller's transaction."""


class Importer(ABC):
    """How one list takes in a workbook. `key` is that of its Listing.

    `columns` begins with the one that names a record; `preview` names those shown beside it. A
    wrong text in a column of `mended_together` is wrong in every row, and corrected in all at once.
    """

    key: str
    model: type[models.Model]
    label: Any
    title: Any
    columns: Sequence[Column]
    preview: Sequence[str]
    mended_together: Sequence[str] = ()
    list_route: str

    @abstractmethod
    def begin(
        self, *, actor: Any, batch: Import, undecided: str = "", writing: bool = False
    ) -> Run:
        """A pass over the rows. `undecided` decides likely duplicates that nobody decided;
        `writing` locks the records it finds."""

    @abstractmethod
    def identity(self, values: dict[str, Any]) -> str:
        """Equal for two rows that mean the same record."""

    @abstractmethod
    def undo(self, *, actor: Any, batch: Import, rows: Sequence[ImportRow]) -> set[int]:
        """Take back what these rows wrote; returns the numbers of those that were taken back.

        The others have been touched since, and stay.
        """

    def remarks(self, *, actor: Any, keys: Iterable[str]) -> list[str]:
        """Sentences about the file as a whole, given the columns it has."""
        return []

    def compare(self, *, person: Any, draft: Draft) -> list[dict[str, Any]]:
        """A likely duplicate side by side: [{label, yours, theirs, differs}]."""
        return []

    def offers_merge(self, *, person: Any, draft: Draft) -> bool:
        """Whether this person may complete the record that is there from the row."""
        return False


@dataclass(frozen=True)
class Exportable:
    """A list that can be exported: its declaration and the records its page starts from.

    Where a list tells each reader something else of the same records, `given(reader, records)`
    prepares what its search asks for, and `mark(reader, chunk)` says of the records of a chunk
    what this reader may read of each.
    """

    listing: Listing
    records: Callable[[], QuerySet]
    given: Callable[[Any, QuerySet], QuerySet] = lambda reader, records: records
    mark: Callable[[Any, list[Any]], None] = lambda reader, chunk: None


@dataclass
class _Kept:
    importers: dict[str, Importer] = field(default_factory=dict)
    exports: dict[str, Exportable] = field(default_factory=dict)


_kept = _Kept()


def add_importer(importer: Importer) -> None:
    _kept.importers[importer.key] = importer


def add_export(listing: Listing, records: Callable[[], QuerySet], **of_reader: Callable) -> None:
    """`records` gives what the list's page gives: everything live, before anybody's gate;
    `of_reader` are `given` and `mark`."""
    _kept.exports[listing.key] = Exportable(listing, records, **of_reader)


def importers() -> list[Importer]:
    return list(_kept.importers.values())


def importer(key: str) -> Importer:
    """
    Raises:
        Gone: no list of this key can be imported into.
    """
    if key not in _kept.importers:
        raise Gone(_("There is nothing here for you at this address."))
    return _kept.importers[key]


def mark_of(listing: Listing) -> Callable[[Any, list[Any]], None]:
    """What marks the records of a list for their reader; nothing where the list is not offered."""
    offered = _kept.exports.get(listing.key)
    return offered.mark if offered else lambda reader, chunk: None


def exportable(key: str) -> Exportable:
    """
    Raises:
        Gone: no list of this key can be exported.
    """
    if key not in _kept.exports:
        raise Gone(_("There is nothing here for you at this address."))
    return _kept.exports[key]
