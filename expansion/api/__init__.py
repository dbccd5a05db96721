"""The API's one base: a noun is a `RecordViewSet` in a few lines (architecture.md, “API”).

Every door starts from the gate (law 1) and calls the services that pages call. Errors are problem
details (RFC 9457). A change of a record sends its `version` as `If-Match`; any write may carry an
`Idempotency-Key`, and a repeat gets the first one's answer.
"""

from expansion.api.nouns import Act, PerPerson, RecordViewSet, routes
from expansion.api.values import (
    Comment,
    Moment,
    Named,
    Nothing,
    Number,
    Provisional,
    Reason,
    Shown,
    Taken,
    Visible,
)

__all__ = [
    "Act",
    "Comment",
    "Moment",
    "Named",
    "Nothing",
    "Number",
    "PerPerson",
    "Provisional",
    "Reason",
    "RecordViewSet",
    "Shown",
    "Taken",
    "Visible",
    "routes",
]
