"""Writes of this app: one function is one business write."""
