"""Writes of this room: taking a workbook in, and exporting a list."""

from expansion.transfer.services.exports import export

__all__ = ["export"]
