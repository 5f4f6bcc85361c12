"""Chats carry labels, by which they are put together (SUR-03)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("buhbot", "0028_erasing"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChatLabel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=50, unique=True, verbose_name="name")),
            ],
            options={
                "verbose_name": "label",
                "verbose_name_plural": "labels",
                "ordering": ["name"],
            },
        ),
        migrations.AddField(
            model_name="chat",
            name="labels",
            field=models.ManyToManyField(
                blank=True,
                help_text="For segments.",
                related_name="chats",
                to="buhbot.chatlabel",
                verbose_name="labels",
            ),
        ),
    ]
