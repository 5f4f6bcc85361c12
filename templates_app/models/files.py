"""Files that clients sent: what is known of them, where the copy is, and what became of them (FIL)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from buhbot.models import Chat, Message, User

MAX_NOTE = 500


class ReceivedFile(models.Model):
    """A file of a client's message (FIL-01), its copy (FIL-02) and the state of the work on it (FIL-04).

    The key of the copy is made of the chat and the content, never of a name; rows of the same content share it.
    """

    class Kind(models.TextChoices):
        DOCUMENT = "document", _("document")
        PHOTO = "photo", _("photo")
        VIDEO = "video", _("video")
        AUDIO = "audio", _("audio")
        VOICE = "voice", _("voice message")
        VIDEO_NOTE = "video_note", _("video message")

    class State(models.TextChoices):
        RECEIVED = "received", _("file received")
        IN_WORK = "in_work", _("in work")
        DONE = "done", _("done")
        RETURNED = "returned", _("returned")

    class Copy(models.TextChoices):
        WAITING = "waiting", _("not copied yet")
        STORED = "stored", _("stored")
        LEFT = "left", _("only in Telegram")

    class Why(models.TextChoices):
        STORED = "", _("it is stored")
        TELEGRAM_LIMIT = "telegram_limit", _("larger than the 20 MB that Telegram hands to bots")
        TOO_LARGE = "too_large", _("larger than we keep of this kind")
        TYPE = "type", _("files of this type are not kept")
        EMPTY = "empty", _("the file is empty")
        GONE = "gone", _("Telegram does not hand it out any more")

    class Bucket(models.TextChoices):
        INVOICES = "invoices", _("invoices and acts")
        DOCUMENTS = "documents", _("documents")
        FILES = "files", _("other files")

    chat = models.ForeignKey(Chat, models.CASCADE, related_name="files", verbose_name=_("client"))
    message = models.ForeignKey(  # a message goes after its files (SEC-14)
        Message, models.PROTECT, related_name="files", verbose_name=_("message")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    name = models.CharField(_("file"), max_length=150, blank=True)
    mime_type = models.CharField(_("type"), max_length=100, blank=True)
    size_bytes = models.BigIntegerField(_("size"), null=True, blank=True)
    telegram_file_id = models.CharField(max_length=255)
    file_unique_id = models.CharField(max_length=64)
    media_group_id = models.CharField(max_length=64, blank=True)
    sender_name = models.CharField(_("who sent it"), max_length=255, blank=True)
    received_at = models.DateTimeField(_("received"))
    registered_at = models.DateTimeField()
    duplicate_of = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="duplicates",
        verbose_name=_("received before"),
    )
    is_untold = models.BooleanField(
        default=True, help_text=_("The accountants have not been told of it yet.")
    )

    state = models.CharField(_("state"), max_length=16, choices=State, default=State.RECEIVED)
    note = models.CharField(_("what is wrong with it"), max_length=MAX_NOTE, blank=True)
    state_at = models.DateTimeField(_("in this state since"), null=True, blank=True)

    copy = models.CharField(_("copy"), max_length=16, choices=Copy, default=Copy.WAITING)
    why = models.CharField(_("why it is not stored"), max_length=16, choices=Why, blank=True, default="")
    bucket = models.CharField(_("bucket"), max_length=16, choices=Bucket, blank=True)
    storage_key = models.CharField(max_length=100, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    copied_at = models.DateTimeField(_("copied"), null=True, blank=True)
    copy_after = models.DateTimeField(_("next try"))
    copy_attempts = models.PositiveIntegerField(_("tries"), default=0)
    copy_error = models.CharField(_("error"), max_length=500, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("received file")
        verbose_name_plural = _("received files")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["message", "file_unique_id"], name="templates_app_receivedfile_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["document", "photo", "video", "audio", "voice", "video_note"]),
                name="templates_app_receivedfile_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["received", "in_work", "done", "returned"]),
                name="templates_app_receivedfile_state_known",
            ),
            models.CheckConstraint(
                condition=Q(copy__in=["waiting", "stored", "left"]),
                name="templates_app_receivedfile_copy_known",
            ),
            models.CheckConstraint(
                condition=Q(why__in=["", "telegram_limit", "too_large", "type", "empty", "gone"]),
                name="templates_app_receivedfile_why_known",
            ),
            models.CheckConstraint(
                condition=Q(bucket__in=["", "invoices", "documents", "files"]),
                name="templates_app_receivedfile_bucket_known",
            ),
            models.CheckConstraint(
                condition=~Q(copy="stored") | (~Q(bucket="") & ~Q(storage_key="")),
                name="templates_app_receivedfile_stored_somewhere",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(note=""),
                name="templates_app_receivedfile_returned_with_note",
            ),
        ]
        indexes = [
            models.Index(
                fields=["copy_after"], condition=Q(copy="waiting"), name="templates_app_file_waiting"
            ),
            models.Index(fields=["id"], condition=Q(is_untold=True), name="templates_app_file_untold"),
            models.Index(fields=["chat", "file_unique_id"], name="templates_app_file_same_id"),
            models.Index(
                fields=["chat", "sha256"], condition=~Q(sha256=""), name="templates_app_file_same_sum"
            ),
            models.Index(
                fields=["chat", "media_group_id"],
                condition=~Q(media_group_id=""),
                name="templates_app_file_album",
            ),
            models.Index(fields=["chat", "-received_at"], name="templates_app_file_of_chat"),
            models.Index(fields=["-received_at", "-id"], name="templates_app_file_by_time"),
            models.Index(
                fields=["storage_key"], condition=~Q(storage_key=""), name="templates_app_file_by_copy"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.get_kind_display()

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do about it."""
        return self.state in {self.State.RECEIVED, self.State.IN_WORK}


class FileEvent(models.Model):
    """A change of a file's state, by whom (FIL-04); only ever added. Told: the client and the notices know it."""

    file = models.ForeignKey(ReceivedFile, models.CASCADE, related_name="events", verbose_name=_("file"))
    state = models.CharField(_("state"), max_length=16, choices=ReceivedFile.State)
    note = models.CharField(_("note"), max_length=MAX_NOTE, blank=True)
    actor = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="file_events",
        verbose_name=_("staff member"),
    )
    at = models.DateTimeField(_("when"))
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("change of a file")
        verbose_name_plural = _("changes of files")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["received", "in_work", "done", "returned"]),
                name="templates_app_fileevent_state_known",
            )
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(told_at=None), name="templates_app_fileevent_untold")
        ]

    def __str__(self) -> str:
        return self.get_state_display()


class DiscardedCopy(models.Model):
    """A copy that no row names any more: to be deleted from the storage, however long that is away (SEC-14)."""

    bucket = models.CharField(_("bucket"), max_length=16, choices=ReceivedFile.Bucket)
    storage_key = models.CharField(max_length=100)
    discarded_at = models.DateTimeField(_("discarded"))
    try_after = models.DateTimeField(_("next try"), db_index=True)
    attempts = models.PositiveIntegerField(_("tries"), default=0, db_default=0)
    error = models.CharField(_("error"), max_length=500, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("discarded copy")
        verbose_name_plural = _("discarded copies")
        constraints = [
            models.UniqueConstraint(fields=["bucket", "storage_key"], name="templates_app_discardedcopy_once")
        ]

    def __str__(self) -> str:
        return f"{self.bucket}/{self.storage_key}"
