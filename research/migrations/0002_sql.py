from django.db import migrations

from expansion.migrating import OnEngine

# Part of a word anywhere, in Chinese, pinyin or initials, without reading every row.
TABLES = ("research_finding", "research_researchreport")
FIND = "CREATE EXTENSION IF NOT EXISTS pg_trgm;" + "".join(
    f"CREATE INDEX {table}_search ON {table} USING gin (upper(search) gin_trgm_ops);"
    for table in TABLES
)
FORGET = "".join(f"DROP INDEX {table}_search;" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("research", "0001_initial")]
    operations = [OnEngine("postgresql", FIND, FORGET)]
