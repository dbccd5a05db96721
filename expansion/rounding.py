"""The one rounding of scores and shares."""

from decimal import Decimal
from fractions import Fraction
from math import floor

Exact = Decimal | Fraction | int


def two_places(value: Exact) -> Decimal:
    """Rounded half-up to two places: 86.325 becomes 86.33."""
    return Decimal(floor(Fraction(value) * 100 + Fraction(1, 2))).scaleb(-2)
