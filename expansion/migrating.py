"""Migration steps that one database engine needs and the other does not."""

from django.db.migrations.operations.base import Operation


class OnEngine(Operation):
    """Runs SQL on one engine only (`postgresql` or `sqlite`); the model state stays as it is."""

    reversible = True

    def __init__(self, vendor: str, sql: str, reverse_sql: str = ""):
        self.vendor, self.sql, self.reverse_sql = vendor, sql, reverse_sql

    def state_forwards(self, app_label, state) -> None:
        """SQL changes no model."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        self._run(schema_editor, self.sql)

    def database_backwards(self, app_label, schema_editor, from_state, to_state) -> None:
        self._run(schema_editor, self.reverse_sql)

    def _run(self, schema_editor, sql: str) -> None:
        if sql and schema_editor.connection.vendor == self.vendor:
            schema_editor.execute(sql, params=None)

    def deconstruct(self):
        return type(self).__name__, (self.vendor, self.sql, self.reverse_sql), {}

    def describe(self) -> str:
        return f"SQL on {self.vendor}"
