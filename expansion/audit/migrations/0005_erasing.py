from django.db import migrations

from expansion.migrating import OnEngine

# `erase_person` may blank the label and the values of an entry; everything else stays for good.
REFUSE = """
CREATE OR REPLACE FUNCTION audit_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('expansion.erasing', true) = 'yes'
        AND to_jsonb(NEW) - 'about_label' - 'changes' = to_jsonb(OLD) - 'about_label' - 'changes'
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The trail is append-only.';
END $$;
"""
AS_BEFORE = """
CREATE OR REPLACE FUNCTION audit_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('expansion.erasing', true) = 'yes' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The trail is append-only.';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_door")]
    operations = [OnEngine("postgresql", REFUSE, AS_BEFORE)]
