"""What accountants and observers may learn of votes, and the only door to it (FBK-03, FBK-04).

Figures that were counted once, the firm's and those of who asks, while they are safe for the minimum of the settings
(never lower than 3); without figures a row says only that the survey is over. Comments of the same votes without
names, in the order of their own letters, which tells nothing that the letters do not.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION published_feedback(
    OUT survey_id bigint, OUT title text, OUT kind text, OUT period_from date, OUT period_to date,
    OUT started_at timestamptz, OUT is_own boolean, OUT counts integer[], OUT delivered integer, OUT chats integer,
    OUT has_comments boolean
) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = buhbot, pg_temp AS
$$
    WITH least AS (
        SELECT greatest(3, coalesce(
            (SELECT (value #>> '{}')::integer FROM buhbot_preference WHERE key = 'least_voters'), 5
        )) AS voters
    )
    SELECT s.id, s.title, s.kind, s.period_from, s.period_to, s.started_at, t.accountant_id IS NOT NULL,
        CASE WHEN t.safe_for >= voters THEN t.counts END,
        CASE WHEN t.safe_for >= voters THEN t.delivered END,
        CASE WHEN t.safe_for >= voters THEN t.chats END,
        t.comments_safe_for >= voters
    FROM feedback_publishedtally t JOIN feedback_survey s ON s.id = t.survey_id CROSS JOIN least
    WHERE t.accountant_id IS NULL OR t.accountant_id = acting_user_id()
    ORDER BY s.started_at DESC, s.id DESC, t.accountant_id NULLS FIRST
$$;

CREATE FUNCTION published_comments(about bigint, own boolean) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = buhbot, pg_temp AS
$$
    WITH least AS (
        SELECT greatest(3, coalesce(
            (SELECT (value #>> '{}')::integer FROM buhbot_preference WHERE key = 'least_voters'), 5
        )) AS voters
    )
    SELECT v.comment
    FROM feedback_publishedtally t CROSS JOIN least
        JOIN feedback_delivery d ON d.survey_id = t.survey_id
            AND (t.accountant_id IS NULL OR d.accountant_id = t.accountant_id)
        JOIN feedback_vote v ON v.delivery_id = d.id
    WHERE t.survey_id = about AND t.comments_safe_for >= voters
        AND CASE WHEN own THEN t.accountant_id = acting_user_id() ELSE t.accountant_id IS NULL END
        AND v.rating IS NOT NULL AND v.comment <> '' AND v.commented_at <= t.published_at
    ORDER BY lower(v.comment), v.comment
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("feedback", "0006_published_tallies"), ("buhbot", "0003_own_chats")]
    operations = [
        migrations.RunSQL(
            FORWARD, "DROP FUNCTION published_feedback; DROP FUNCTION published_comments(bigint, boolean);"
        )
    ]
