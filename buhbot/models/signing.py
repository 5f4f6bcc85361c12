"""What guards signing in beside the password: a second factor, its backup codes, and the count of attempts (SEC-05)."""

from django.db import models

from buhbot.models.people import User


class SecondFactor(models.Model):
    """A person's app for codes. The secret is kept encrypted; it counts once a first code was right."""

    user = models.OneToOneField(User, models.CASCADE, related_name="second_factor")
    secret = models.CharField(max_length=200, editable=False)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_step = models.BigIntegerField(default=0, editable=False)  # of the last code, which is good once

    def __str__(self) -> str:
        return f"{self.user}"


class BackupCode(models.Model):
    """A code for the day without the phone: good once, kept as a hash only."""

    user = models.ForeignKey(User, models.CASCADE, related_name="backup_codes")
    code_hash = models.CharField(max_length=64, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "code_hash"], name="buhbot_backupcode_once_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.user}"


class SignInAttempts(models.Model):
    """How often one account was tried from one address, since it last went well. The key is a keyed hash of both."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    last_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key[:8]
