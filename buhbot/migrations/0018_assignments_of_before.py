"""Chats that people look after already are no news to them (STF-06)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0017_assignment_told")]
    operations = [
        migrations.RunSQL("UPDATE buhbot_assignment SET told_at = now()", migrations.RunSQL.noop),
    ]
