"""A trigram index for finding entries by part of the record's name."""

from django.db import migrations

from expansion.migrating import OnEngine

# Django asks UPPER(about_label) LIKE UPPER(pattern), so that expression is what is indexed.
FIND = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX audit_entry_label ON audit_entry USING gin (upper(about_label) gin_trgm_ops);
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_sql")]

    operations = [OnEngine("postgresql", FIND, "DROP INDEX audit_entry_label;")]
