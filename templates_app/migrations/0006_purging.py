"""Delete files with what became of them, and note the copies that nobody else names (SEC-14, FIL-02)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION discard_files(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO templates_app_discardedcopy (bucket, storage_key, discarded_at, try_after)
    SELECT DISTINCT bucket, storage_key, now(), now() FROM templates_app_receivedfile AS gone
    WHERE id = ANY (ids) AND storage_key <> '' AND bucket <> '' AND NOT EXISTS (
        SELECT FROM templates_app_receivedfile AS kept
        WHERE kept.storage_key = gone.storage_key AND kept.bucket = gone.bucket AND kept.storage_key <> ''
            AND kept.id <> ALL (ids))
    ON CONFLICT (bucket, storage_key) DO NOTHING;
    DELETE FROM templates_app_fileevent WHERE file_id = ANY (ids);
    UPDATE templates_app_receivedfile SET duplicate_of_id = NULL WHERE duplicate_of_id = ANY (ids);
    DELETE FROM templates_app_receivedfile WHERE id = ANY (ids);
END $$;

CREATE FUNCTION purge_files(ids bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = buhbot, pg_temp AS $$
BEGIN
    PERFORM discard_files(ARRAY(
        SELECT id FROM templates_app_receivedfile WHERE id = ANY (ids) AND is_past_retention(received_at)));
END $$;
"""
BACKWARD = """
DROP FUNCTION purge_files;
DROP FUNCTION discard_files;
"""


class Migration(migrations.Migration):
    dependencies = [("templates_app", "0005_file_by_copy"), ("buhbot", "0027_purging")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
