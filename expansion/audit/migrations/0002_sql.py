from django.db import migrations

from expansion.migrating import OnEngine

# The one exception, `erase_person`, names itself in a setting of its own transaction.
REFUSE = """
CREATE FUNCTION audit_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('expansion.erasing', true) = 'yes' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The trail is append-only.';
END $$;
CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_stays();
"""
ALLOW = "DROP TRIGGER audit_entry_stays ON audit_entry; DROP FUNCTION audit_entry_stays();"


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [OnEngine("postgresql", REFUSE, ALLOW)]
