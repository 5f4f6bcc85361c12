"""People of the firm and the one-time links that tie them to Telegram."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """The one role a person has (RBAC-01)."""

    ADMIN = "admin", _("Administrator")
    MANAGER = "manager", _("Manager")
    ACCOUNTANT = "accountant", _("Accountant")
    OBSERVER = "observer", _("Observer")


class Notice(models.TextChoices):
    """What a person is told of in private, and may switch off (STF-06); columns `wants_…` of the person."""

    WARNINGS = "warnings", _("warnings: little time is left")
    BREACHES = "breaches", _("missed targets and escalations")
    DIGEST = "digest", _("the digest of the morning")
    ASSIGNMENTS = "assignments", _("new chats to look after")


class UserManager(BaseUserManager["User"]):
    """Find people by e-mail, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person of the firm: signs in by e-mail, is known in Telegram by id."""

    email = models.EmailField(_("e-mail"), unique=True)
    full_name = models.CharField(pgettext_lazy("person", "name"), max_length=150)
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.ACCOUNTANT)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Switch off instead of deleting: history keeps the name.")
    )
    telegram_id = models.BigIntegerField(_("Telegram id"), null=True, blank=True, unique=True)
    telegram_username = models.CharField(_("Telegram name"), max_length=64, blank=True)
    unreachable_since = models.DateTimeField(_("unreachable since"), null=True, blank=True)
    unreachable_reason = models.CharField(_("why unreachable"), max_length=200, blank=True)
    wants_digest = models.BooleanField(_("daily digest in Telegram"), default=True, db_default=True)
    wants_warnings = models.BooleanField(_("warnings in Telegram"), default=True, db_default=True)
    wants_breaches = models.BooleanField(_("missed targets in Telegram"), default=True, db_default=True)
    wants_assignments = models.BooleanField(_("new chats in Telegram"), default=True, db_default=True)
    locked_notices = ArrayField(
        models.CharField(max_length=16, choices=Notice),
        verbose_name=_("switches that only managers change"),
        default=list,
        db_default=[],
        blank=True,
    )
    supabase_id = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    menu_shown = models.CharField(max_length=32, blank=True, default="", db_default="", editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("staff member")
        verbose_name_plural = _("staff")
        ordering = ["full_name"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="buhbot_user_email_ignores_case"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="buhbot_user_role_known"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        """Django's pages ask for it."""
        return self.full_name

    @property
    def is_staff(self) -> bool:
        return self.is_active

    def wants(self, notice: str) -> bool:
        """Whether the person wants to be told of it (STF-06)."""
        return bool(getattr(self, f"wants_{notice}"))

    @property
    def is_reachable(self) -> bool:
        """Whether a private message can arrive: linked, and not known to be blocked (ALR-08)."""
        return self.is_active and self.telegram_id is not None and self.unreachable_since is None


class StaffLink(models.Model):
    """A one-time `?start=` link that ties a Telegram account to a person (STF-01)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="links", verbose_name=_("staff member"))
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("valid until"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    class Meta:
        verbose_name = _("sign-up link")
        verbose_name_plural = _("sign-up links")

    def __str__(self) -> str:
        return f"{self.user}"
