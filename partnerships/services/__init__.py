"""Writes over partners, projects, phases and checks."""
