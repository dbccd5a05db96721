"""A trigram index for finding clients by part of a name, pinyin or phone tail."""

from django.db import migrations

from expansion.migrating import OnEngine

# Django asks UPPER(search) LIKE UPPER(pattern), so that expression is what is indexed.
FIND = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX crm_client_search ON crm_client USING gin (upper(search) gin_trgm_ops);
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0001_initial")]

    operations = [OnEngine("postgresql", FIND, "DROP INDEX crm_client_search;")]
