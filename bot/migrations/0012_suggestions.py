"""Answers to what staff type after the bot's name go the way of all calls (TPL-02, OUT-01)."""

from django.db import migrations, models

METHODS = [
    ("sendMessage", "message"),
    ("editMessageText", "edit"),
    ("deleteMessage", "deletion"),
    ("answerCallbackQuery", "button answer"),
    ("answerInlineQuery", "suggestions while typing"),
]


class Migration(migrations.Migration):
    dependencies = [("bot", "0011_wake_for_diagnoses")]

    operations = [
        migrations.RemoveConstraint(model_name="outgoingmessage", name="bot_outgoingmessage_method_known"),
        migrations.AlterField(
            model_name="outgoingmessage",
            name="method",
            field=models.CharField(
                choices=METHODS, default="sendMessage", max_length=32, verbose_name="what"
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoingmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(method__in=[name for name, _words in METHODS]),
                name="bot_outgoingmessage_method_known",
            ),
        ),
    ]
