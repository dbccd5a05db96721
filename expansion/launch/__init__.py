"""Starting the system: set-up, the local run, the guards of production, doctor, health.

`bootstrap` and what it imports run before anything is installed, with the standard library alone.
"""
