"""Load a demo firm: staff with sign-ins, chats that are set up, a calendar. Runs again without harm (RUN-01)."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from buhbot.models import Assignment, Calendar, Chat, Tier, User
from buhbot.services.calendars import current_version
from buhbot.services.production import load_missing
from sla.models import ChatPolicy, Policy
from templates_app.models import FaqItem, Service, Template

Json = dict[str, Any]


class Command(BaseCommand):
    help = "Load a demo firm from a JSON file, such as simulator/firm.json. Never use it with real data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the firm as JSON: calendars, policies, staff, chats")
        parser.add_argument("--password", required=True, help="everyone's password")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            firm = json.loads(options["file"].read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{options['file']} cannot be read as JSON: {error}") from None
        with transaction.atomic():
            load_firm(firm, password=options["password"])
            load_missing(timezone.now())
        self.stdout.write(f"{len(firm['staff'])} people, {len(firm['chats'])} chats")


def load_firm(firm: Json, *, password: str) -> None:
    """Write what is missing of the firm; what is there stays as it is."""
    for row in firm["calendars"]:
        calendar, _ = Calendar.objects.get_or_create(name=row["name"], defaults=row)
        current_version(calendar)
    for row in firm["policies"]:
        Policy.objects.get_or_create(name=row["name"], defaults=row)
    for row in firm["staff"]:
        _load_person(row, password)
    for row in firm["chats"]:
        _load_chat(row)
    for row in firm.get("templates", []):
        Template.objects.get_or_create(shortcut=row["shortcut"], owner=None, defaults=row)
    for row in firm.get("frequent_questions", []):
        FaqItem.objects.get_or_create(question=row["question"], defaults=row)
    for row in firm.get("services", []):
        Service.objects.get_or_create(name=row["name"], defaults=row)


def _load_person(row: Json, password: str) -> None:
    if not User.objects.filter(email=row["email"]).exists():
        User.objects.create_user(
            row["email"],
            password,
            full_name=row["full_name"],
            role=row["role"],
            telegram_id=row.get("telegram_id"),
            telegram_username=row.get("username", ""),
        )


def _load_chat(row: Json) -> None:
    chat, is_new = Chat.objects.get_or_create(
        telegram_id=row["telegram_id"],
        defaults={
            "kind": row["kind"],
            "title": row["title"],
            "client_name": row.get("client_name", ""),
            "is_team": row.get("is_team", False),
            "is_monitored": row.get("is_monitored", False),
            "tier": Tier.objects.get(code=row.get("tier", "standard")),
            "calendar": Calendar.objects.filter(name=row.get("calendar", "")).first(),
            "registered_at": timezone.now(),
        },
    )
    if not is_new:
        return
    for position, email in enumerate(row.get("accountants", [])):
        person = User.objects.get(email=email)
        Assignment.objects.create(chat=chat, user=person, duty="accountant", is_primary=position == 0)
    for email in row.get("managers", []):
        Assignment.objects.create(chat=chat, user=User.objects.get(email=email), duty="manager")
    if row.get("policy"):
        ChatPolicy.objects.create(chat=chat, policy=Policy.objects.get(name=row["policy"]))
