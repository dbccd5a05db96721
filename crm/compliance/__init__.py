"""What the client desk answers for: which cases keep and break the clauses on clients."""

from crm.compliance import (  # noqa: F401
    authority,
    clients,
    contents,
    contracts,
    regular,
    satisfaction,
    visits,
)
