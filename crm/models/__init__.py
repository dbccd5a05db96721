"""The address book and the ledger: everyone outside the department that it deals with."""

from crm.models.client import Client, ClientRole, Contact, ContactPoint

__all__ = ["Client", "ClientRole", "Contact", "ContactPoint"]
