"""Which message is the comment on a vote, and whether an overdue follow-up was recalled (SUR-07, SUR-09)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("feedback", "0003_segments")]

    operations = [
        migrations.AddField(
            model_name="vote",
            name="comment_chat_id",
            field=models.BigIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="vote",
            name="comment_message_id",
            field=models.BigIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="vote",
            index=models.Index(
                condition=models.Q(("comment_message_id__isnull", False)),
                fields=["comment_chat_id", "comment_message_id"],
                name="feedback_vote_by_comment",
            ),
        ),
        migrations.AddField(
            model_name="followup",
            name="reminded_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="recalled"),
        ),
    ]
