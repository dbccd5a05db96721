"""An app of the fault tests alone: one job that is slow enough to be killed in the middle."""
