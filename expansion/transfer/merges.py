"""Merged cells: a value merged downwards belongs to each of its rows."""

from collections.abc import Iterable

from expansion.transfer import cells

# A text that spreads over so many columns is a heading, not a value.
BANNER_WIDTH = 3


class Merges:
    """Walks down a sheet with its merged ranges; `fill` must see the rows in order, from row 1."""

    def __init__(self, ranges: Iterable[tuple[int, int, int, int]]):
        self._coming = sorted(ranges, reverse=True)
        # Column to the last row and the value; one per column, so that a row costs its width.
        self._open: dict[int, tuple[int, object]] = {}
        self._banner_row = 0

    def fill(self, number: int, row: list[object]) -> None:
        """Put the values of merged cells that reach down to this row into it."""
        for column, (last, value) in list(self._open.items()):
            if number > last:
                del self._open[column]
            elif column < len(row) and cells.is_empty(row[column]):
                row[column] = value
        while self._coming and self._coming[-1][0] < number:
            self._begin(number, row, self._coming.pop())

    def is_banner(self, number: int) -> bool:
        """A range that spreads over several columns begins in this row."""
        return self._banner_row == number

    def _begin(self, number: int, row: list[object], area: tuple[int, int, int, int]) -> None:
        first, left, last, right = area
        if first == number - 1 and right - left + 1 >= BANNER_WIDTH:
            self._banner_row = number
        if last > first and left < len(row) and not cells.is_empty(row[left]):
            self._open[left] = (last + 1, row[left])
