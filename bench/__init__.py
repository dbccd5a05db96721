"""Measures speed as ratios to a floor over the same rows; docs/development.md says how."""
