"""PDF for the rooms above; the drawing itself belongs to `ui`, where lower rooms reach it too."""

from expansion.ui.pdf import pdf

__all__ = ["pdf"]
