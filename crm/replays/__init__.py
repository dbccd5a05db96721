"""What the client desk replays of a closed period under a draft of the rules."""

from crm.replays import authority, leads, visits  # noqa: F401
