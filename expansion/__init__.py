"""The foundation and the project: settings, the gate, the rooms every app stands on."""
