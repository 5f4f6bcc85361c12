"""Ready texts that staff send by a word (TPL-01)."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Template",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=100, verbose_name="title")),
                (
                    "shortcut",
                    models.CharField(
                        help_text="One word, as in /template invoice. Case and the dots of ё make no difference.",
                        max_length=32,
                        verbose_name="shortcut",
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        max_length=2000,
                        validators=[django.core.validators.MaxLengthValidator(2000)],
                        verbose_name="text",
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("greeting", "greeting"),
                            ("status", "status"),
                            ("document_request", "document request"),
                            ("reminder", "reminder"),
                            ("closing", "closing"),
                        ],
                        default="status",
                        max_length=32,
                        verbose_name="category",
                    ),
                ),
                (
                    "usage_count",
                    models.PositiveIntegerField(db_default=0, default=0, editable=False, verbose_name="used"),
                ),
                (
                    "search_title",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            django.db.models.functions.text.Lower("title"),
                            models.Value("ё"),
                            models.Value("е"),
                            function="translate",
                            output_field=models.TextField(),
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "search_text",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            django.db.models.functions.text.Lower("text"),
                            models.Value("ё"),
                            models.Value("е"),
                            function="translate",
                            output_field=models.TextField(),
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: the firm's, for everybody.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="templates",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="personal, of",
                    ),
                ),
            ],
            options={
                "verbose_name": "template",
                "verbose_name_plural": "templates",
                "ordering": ["title"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", True)),
                        fields=("title",),
                        name="templates_app_template_firm_title",
                        violation_error_message="The firm has a template with this title already.",
                    ),
                    models.UniqueConstraint(
                        fields=("owner", "title"),
                        name="templates_app_template_own_title",
                        violation_error_message="There is a personal template with this title already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", True)),
                        fields=("shortcut",),
                        name="templates_app_template_firm_shortcut",
                        violation_error_message="The firm has a template with this shortcut already.",
                    ),
                    models.UniqueConstraint(
                        fields=("owner", "shortcut"),
                        name="templates_app_template_own_shortcut",
                        violation_error_message="There is a personal template with this shortcut already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "category__in",
                                ["greeting", "status", "document_request", "reminder", "closing"],
                            )
                        ),
                        name="templates_app_template_category_known",
                    ),
                ],
            },
        ),
    ]
