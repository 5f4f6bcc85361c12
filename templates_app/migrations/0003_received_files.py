"""Files that clients sent, and the changes of their state (FIL-01, FIL-02, FIL-04)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("buhbot", "0021_chat_sends_receipts"),
        ("templates_app", "0002_frequent_questions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReceivedFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("document", "document"),
                            ("photo", "photo"),
                            ("video", "video"),
                            ("audio", "audio"),
                            ("voice", "voice message"),
                            ("video_note", "video message"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=150, verbose_name="file")),
                ("mime_type", models.CharField(blank=True, max_length=100, verbose_name="type")),
                ("size_bytes", models.BigIntegerField(blank=True, null=True, verbose_name="size")),
                ("telegram_file_id", models.CharField(max_length=255)),
                ("file_unique_id", models.CharField(max_length=64)),
                ("media_group_id", models.CharField(blank=True, max_length=64)),
                ("sender_name", models.CharField(blank=True, max_length=255, verbose_name="who sent it")),
                ("received_at", models.DateTimeField(verbose_name="received")),
                ("registered_at", models.DateTimeField()),
                (
                    "is_untold",
                    models.BooleanField(
                        default=True, help_text="The accountants have not been told of it yet."
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "file received"),
                            ("in_work", "in work"),
                            ("done", "done"),
                            ("returned", "returned"),
                        ],
                        default="received",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="what is wrong with it")),
                ("state_at", models.DateTimeField(blank=True, null=True, verbose_name="in this state since")),
                (
                    "copy",
                    models.CharField(
                        choices=[
                            ("waiting", "not copied yet"),
                            ("stored", "stored"),
                            ("left", "only in Telegram"),
                        ],
                        default="waiting",
                        max_length=16,
                        verbose_name="copy",
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "it is stored"),
                            ("telegram_limit", "larger than the 20 MB that Telegram hands to bots"),
                            ("too_large", "larger than we keep of this kind"),
                            ("type", "files of this type are not kept"),
                            ("empty", "the file is empty"),
                            ("gone", "Telegram does not hand it out any more"),
                        ],
                        default="",
                        max_length=16,
                        verbose_name="why it is not stored",
                    ),
                ),
                (
                    "bucket",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("invoices", "invoices and acts"),
                            ("documents", "documents"),
                            ("files", "other files"),
                        ],
                        max_length=16,
                        verbose_name="bucket",
                    ),
                ),
                ("storage_key", models.CharField(blank=True, max_length=100)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("copied_at", models.DateTimeField(blank=True, null=True, verbose_name="copied")),
                ("copy_after", models.DateTimeField(verbose_name="next try")),
                ("copy_attempts", models.PositiveIntegerField(default=0, verbose_name="tries")),
                ("copy_error", models.CharField(blank=True, max_length=500, verbose_name="error")),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                (
                    "chat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="buhbot.chat",
                        verbose_name="client",
                    ),
                ),
                (
                    "duplicate_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="duplicates",
                        to="templates_app.receivedfile",
                        verbose_name="received before",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="buhbot.message",
                        verbose_name="message",
                    ),
                ),
            ],
            options={
                "verbose_name": "received file",
                "verbose_name_plural": "received files",
                "ordering": ["-received_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="FileEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "file received"),
                            ("in_work", "in work"),
                            ("done", "done"),
                            ("returned", "returned"),
                        ],
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="file_events",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="staff member",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="templates_app.receivedfile",
                        verbose_name="file",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a file",
                "verbose_name_plural": "changes of files",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.AddIndex(
            model_name="receivedfile",
            index=models.Index(
                condition=models.Q(("copy", "waiting")),
                fields=["copy_after"],
                name="templates_app_file_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="receivedfile",
            index=models.Index(
                condition=models.Q(("is_untold", True)), fields=["id"], name="templates_app_file_untold"
            ),
        ),
        migrations.AddIndex(
            model_name="receivedfile",
            index=models.Index(fields=["chat", "file_unique_id"], name="templates_app_file_same_id"),
        ),
        migrations.AddIndex(
            model_name="receivedfile",
            index=models.Index(
                condition=models.Q(("sha256", ""), _negated=True),
                fields=["chat", "sha256"],
                name="templates_app_file_same_sum",
            ),
        ),
        migrations.AddIndex(
            model_name="receivedfile",
            index=models.Index(
                condition=models.Q(("media_group_id", ""), _negated=True),
                fields=["chat", "media_group_id"],
                name="templates_app_file_album",
            ),
        ),
        migrations.AddIndex(
            model_name="receivedfile",
            index=models.Index(fields=["chat", "-received_at"], name="templates_app_file_of_chat"),
        ),
        migrations.AddIndex(
            model_name="receivedfile",
            index=models.Index(fields=["-received_at", "-id"], name="templates_app_file_by_time"),
        ),
        migrations.AddConstraint(
            model_name="receivedfile",
            constraint=models.UniqueConstraint(
                fields=("message", "file_unique_id"), name="templates_app_receivedfile_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="receivedfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["document", "photo", "video", "audio", "voice", "video_note"])
                ),
                name="templates_app_receivedfile_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="receivedfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["received", "in_work", "done", "returned"])),
                name="templates_app_receivedfile_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="receivedfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("copy__in", ["waiting", "stored", "left"])),
                name="templates_app_receivedfile_copy_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="receivedfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("why__in", ["", "telegram_limit", "too_large", "type", "empty", "gone"])),
                name="templates_app_receivedfile_why_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="receivedfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("bucket__in", ["", "invoices", "documents", "files"])),
                name="templates_app_receivedfile_bucket_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="receivedfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("copy", "stored"), _negated=True),
                    models.Q(
                        models.Q(("bucket", ""), _negated=True), models.Q(("storage_key", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="templates_app_receivedfile_stored_somewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="receivedfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "returned"), _negated=True),
                    models.Q(("note", ""), _negated=True),
                    _connector="OR",
                ),
                name="templates_app_receivedfile_returned_with_note",
            ),
        ),
        migrations.AddIndex(
            model_name="fileevent",
            index=models.Index(
                condition=models.Q(("told_at", None)), fields=["id"], name="templates_app_fileevent_untold"
            ),
        ),
        migrations.AddConstraint(
            model_name="fileevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["received", "in_work", "done", "returned"])),
                name="templates_app_fileevent_state_known",
            ),
        ),
    ]
