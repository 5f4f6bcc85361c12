"""Whose account here an account of Supabase Auth is (SEC-06)."""

from django.db import IntegrityError, transaction

from buhbot.models import Role, User
from buhbot.supabase.tokens import Vouched


class NoRole(Exception):
    """The account is of no role that is known here, or not of the role that the person has here."""


class SwitchedOff(Exception):
    """The person was switched off here, whatever Supabase says."""


@transaction.atomic
def person_of(vouched: Vouched) -> tuple[User, bool]:
    """Return the person, and whether this was the first sign-in by Supabase. Raises NoRole or SwitchedOff.

    The role counts the first time only, when the person is made, or tied to a person of the same address and the
    same role here: an address alone ties nobody, as people may change theirs at Supabase by themselves.
    """
    known = User.objects.filter(supabase_id=vouched.subject).first()
    person = known or _first_time(vouched)
    if not person.is_active:
        raise SwitchedOff
    return person, known is None


def _first_time(vouched: Vouched) -> User:
    if vouched.role not in Role.values:
        raise NoRole
    person = User.objects.filter(email__iexact=vouched.email).first()
    if person is None:
        return _made(vouched)
    if person.is_active and (person.role != vouched.role or person.supabase_id is not None):
        raise NoRole
    if person.is_active:
        person.supabase_id = vouched.subject
        person.save(update_fields=["supabase_id"])
    return person


def _made(vouched: Vouched) -> User:
    person = User(
        email=vouched.email, full_name=vouched.email, role=vouched.role, supabase_id=vouched.subject
    )
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:  # made by another request just now
        return User.objects.get(supabase_id=vouched.subject)
    return person
