"""How far two places lie apart; computed here, nothing is asked from outside."""

from math import asin, cos, radians, sin, sqrt

EARTH = 6_371_000  # metres
Place = tuple[float | None, float | None]


def distance_between(one: Place, other: Place) -> int | None:
    """Metres between two places given as latitude and longitude; None where one is not known."""
    if None in one or None in other:
        return None
    lat1, lon1, lat2, lon2 = (radians(value) for value in (*one, *other) if value is not None)
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return round(2 * EARTH * asin(min(1.0, sqrt(half))))
