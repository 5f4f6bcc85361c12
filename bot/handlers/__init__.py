"""Which handler takes which update. A handler is a plain function of the update; the first that fits takes it."""

from collections.abc import Callable, Coroutine
from typing import Any

from django.utils import timezone
from telegram import Update
from telegram.ext import (
    Application,
    CallbackContext,
    CallbackQueryHandler,
    ChatMemberHandler,
    ChosenInlineResultHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.flood import patience
from bot.handlers import (
    absences,
    alerts,
    chats,
    choosing,
    clients,
    commands,
    contact,
    desk,
    diagnoses,
    dialogues,
    digests,
    documents,
    faq,
    files,
    invitations,
    menu,
    notices,
    ordering,
    private,
    services,
    staff,
    status,
    surveys,
    templates,
)

Handler = Callable[[Update], None]
Callback = Callable[[Update, CallbackContext[Any, Any, Any, Any]], Coroutine[Any, Any, None]]

MESSAGE = filters.UpdateType.MESSAGE
EDIT = filters.UpdateType.EDITED_MESSAGE
GROUPS = filters.ChatType.GROUPS & MESSAGE
PRIVATE = filters.ChatType.PRIVATE & MESSAGE


def calls(handler: Handler) -> Callback:
    """Let PTB call a plain function; its database work stays in the thread and transaction of `dispatch`."""

    async def callback(update: Update, _context: CallbackContext[Any, Any, Any, Any]) -> None:
        handler(update)

    return callback


def answers(handler: Handler, *, is_button: bool = False) -> Callback:
    """Let PTB call a handler that answers people; of who floods us only the words are kept (BOT-06).

    `is_button` says that the text is that of a button of the keyboard: a press, which has no words.
    """

    def act(update: Update) -> None:
        if not patience.is_over(update, timezone.now(), is_button=is_button):
            handler(update)
        elif not is_button:
            clients.on_unanswered(update)

    return calls(act)


def add_handlers(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Register every handler of the bot, special ones first."""
    application.add_handlers(
        [
            CommandHandler(
                "start", answers(surveys.on_private_ballot), PRIVATE & filters.Regex(surveys.START)
            ),
            CommandHandler("start", answers(menu.on_start), PRIVATE),
            CommandHandler(("menu", "help"), answers(menu.on_menu), PRIVATE),
            CommandHandler("menu", answers(ordering.on_group_menu), GROUPS),
            CommandHandler("chat", answers(menu.on_chat), PRIVATE),
            CommandHandler("privacy", answers(menu.on_privacy), PRIVATE),
            CommandHandler("stop", answers(menu.on_stop), PRIVATE),
            CommandHandler("whoami", answers(staff.on_whoami), PRIVATE),
            CommandHandler("why", answers(staff.on_why), PRIVATE),
            CommandHandler("absence", answers(absences.on_absence), PRIVATE),
            CommandHandler("digest", answers(digests.on_digest), PRIVATE),
            CommandHandler("notify", answers(notices.on_notify), PRIVATE),
            CommandHandler("queue", answers(desk.on_queue), PRIVATE),
            CommandHandler("status", answers(status.on_status_in_private), PRIVATE),
            CommandHandler("status", answers(status.on_status), GROUPS),
            CommandHandler("take", answers(status.on_take_in_private), PRIVATE),
            CommandHandler("take", answers(commands.on_take), GROUPS),
            CommandHandler("mystats", answers(desk.on_mystats), PRIVATE),
            CommandHandler("chats", answers(desk.on_chats), PRIVATE),
            CommandHandler("team", answers(desk.on_team), PRIVATE),
            CommandHandler("breaches", answers(desk.on_breaches), PRIVATE),
            CommandHandler("invite", answers(invitations.on_invite), PRIVATE),
            CommandHandler("connect", answers(invitations.on_connect_in_private), PRIVATE),
            CommandHandler(("start", "connect"), answers(invitations.on_connect), GROUPS),
            CommandHandler("diagnose", answers(diagnoses.on_diagnose_in_private), PRIVATE),
            CommandHandler("diagnose", answers(diagnoses.on_diagnose), GROUPS),
            CommandHandler("template", answers(templates.on_private_template), PRIVATE),
            CommandHandler("template", answers(templates.on_template), GROUPS),
            CommandHandler("request", answers(commands.on_request), GROUPS),
            CommandHandler("norequest", answers(commands.on_norequest), GROUPS),
            CommandHandler("wait", answers(commands.on_wait), GROUPS),
            ChatMemberHandler(calls(chats.on_membership), ChatMemberHandler.MY_CHAT_MEMBER),
            ChatMemberHandler(calls(chats.on_member), ChatMemberHandler.CHAT_MEMBER),
            MessageHandler(MESSAGE & filters.StatusUpdate.MIGRATE, calls(chats.on_migration)),
            MessageHandler(PRIVATE & files.IS_NOTE, calls(files.on_note)),
            MessageHandler(PRIVATE & private.IS_STAFF_REPLY, calls(private.on_staff_reply)),
            MessageHandler(PRIVATE & menu.IS_BUTTON, answers(menu.on_button, is_button=True)),
            MessageHandler(MESSAGE & dialogues.IS_ANSWER, answers(dialogues.on_answer)),
            MessageHandler(PRIVATE, answers(staff.on_private_message)),
            MessageHandler(MESSAGE, calls(clients.on_message)),
            MessageHandler(EDIT, calls(clients.on_edit)),
            InlineQueryHandler(calls(templates.on_inline_query)),
            ChosenInlineResultHandler(calls(templates.on_chosen)),
            CallbackQueryHandler(answers(absences.on_press), pattern=absences.PRESS),
            CallbackQueryHandler(answers(notices.on_press), pattern=notices.PRESS),
            CallbackQueryHandler(answers(choosing.on_press), pattern=choosing.PRESS),
            CallbackQueryHandler(answers(faq.on_press), pattern=faq.PRESS),
            CallbackQueryHandler(answers(files.on_press), pattern=files.PRESS),
            CallbackQueryHandler(answers(documents.on_press), pattern=documents.PRESS),
            CallbackQueryHandler(answers(contact.on_press), pattern=contact.PRESS),
            CallbackQueryHandler(answers(ordering.on_press), pattern=ordering.PRESS),
            CallbackQueryHandler(answers(services.on_press), pattern=services.PRESS),
            CallbackQueryHandler(answers(dialogues.on_cancel), pattern=dialogues.PRESS),
            CallbackQueryHandler(answers(surveys.on_stop_press), pattern=surveys.STOP_PRESS),
            CallbackQueryHandler(answers(surveys.on_private_press), pattern=surveys.PRIVATE_PRESS),
            CallbackQueryHandler(answers(surveys.on_vote_press), pattern=surveys.VOTE_PRESS),
            CallbackQueryHandler(answers(alerts.on_press)),
        ]
    )
