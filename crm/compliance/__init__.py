"""What the client desk answers for: which cases keep and break the clauses on clients."""

from crm.compliance import authority, clients, contracts, regular, satisfaction, visits  # noqa: F401
