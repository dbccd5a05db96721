"""Rows of this room for the demo department."""
