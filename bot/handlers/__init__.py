"""Which handler takes which update. A handler is a plain function of the update; the first that fits takes it."""

from collections.abc import Callable, Coroutine
from typing import Any

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

from bot.handlers import absences, alerts, chats, clients, commands, digests, faq, files, staff, templates

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


def add_handlers(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Register every handler of the bot, special ones first."""
    application.add_handlers(
        [
            CommandHandler("start", calls(staff.on_start), PRIVATE),
            CommandHandler("help", calls(staff.on_help), PRIVATE),
            CommandHandler("whoami", calls(staff.on_whoami), PRIVATE),
            CommandHandler("why", calls(staff.on_why), PRIVATE),
            CommandHandler("absence", calls(absences.on_absence), PRIVATE),
            CommandHandler("digest", calls(digests.on_digest), PRIVATE),
            CommandHandler("template", calls(templates.on_private_template), PRIVATE),
            CommandHandler("template", calls(templates.on_template), GROUPS),
            CommandHandler("request", calls(commands.on_request), GROUPS),
            CommandHandler("norequest", calls(commands.on_norequest), GROUPS),
            CommandHandler("wait", calls(commands.on_wait), GROUPS),
            ChatMemberHandler(calls(chats.on_membership), ChatMemberHandler.MY_CHAT_MEMBER),
            MessageHandler(MESSAGE & filters.StatusUpdate.MIGRATE, calls(chats.on_migration)),
            MessageHandler(PRIVATE & files.IS_NOTE, calls(files.on_note)),
            MessageHandler(PRIVATE, calls(staff.on_private_message)),
            MessageHandler(MESSAGE, calls(clients.on_message)),
            MessageHandler(EDIT, calls(clients.on_edit)),
            InlineQueryHandler(calls(templates.on_inline_query)),
            ChosenInlineResultHandler(calls(templates.on_chosen)),
            CallbackQueryHandler(calls(absences.on_press), pattern=absences.PRESS),
            CallbackQueryHandler(calls(faq.on_press), pattern=faq.PRESS),
            CallbackQueryHandler(calls(files.on_press), pattern=files.PRESS),
            CallbackQueryHandler(calls(alerts.on_press)),
        ]
    )
