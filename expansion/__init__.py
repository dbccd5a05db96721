"""The foundation and the project: settings, the gate, and the rooms every business app stands on."""
