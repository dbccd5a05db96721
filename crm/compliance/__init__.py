"""What the client desk answers for: which cases keep and break the clauses on clients."""

from crm.compliance import clients, contracts, regular, visits  # noqa: F401
