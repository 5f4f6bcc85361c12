"""The bot passes messages on: copies, and edits of their captions (CLI-10)."""

from django.db import migrations, models

METHODS = [
    ("sendMessage", "message"),
    ("copyMessage", "copy of a message"),
    ("editMessageText", "edit"),
    ("editMessageCaption", "edit of a caption"),
    ("deleteMessage", "deletion"),
    ("answerCallbackQuery", "button answer"),
    ("answerInlineQuery", "suggestions while typing"),
]


class Migration(migrations.Migration):
    dependencies = [("bot", "0016_waiting_orders")]

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
