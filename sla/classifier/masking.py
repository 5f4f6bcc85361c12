"""Take out of a text what must not leave the firm: phone, tax, card and account numbers, addresses (CLS-06)."""

import re
import unicodedata

NUMBER, MAIL = "[номер]", "[почта]"
MOST_DIGITS = 5
"""A number with more digits in all, whatever stands between them, is masked unless it is a date, time or sum."""

INVISIBLE = frozenset({"Cf", "Mn", "Me"})
AT = r"(?:\s?(?:@|\(at\)|\[at\]|\(собака\)|\[собака\])\s?|\sсобака\s)"
DOT = r"(?:\s?\.|\s\.\s|\sточка\s|,(?=(?:ru|рф|com|net|org)\b))"
ADDRESS = re.compile(rf"[\w.+%-]{{1,64}}(?:{AT}[\w-]+(?:{DOT}[\w-]+)+|@[\w-]+)", re.IGNORECASE)
BETWEEN = r"(?:[^\w,;!?%+=<>]|_|,(?=\d))"
"""What people put between the digits of one number; never a letter."""

RUN = re.compile(rf"\+?\d(?:{BETWEEN}{{0,10}}\d)*")
DATE = r"(?:(?:0?[1-9]|[12]\d|3[01])[./](?:0?[1-9]|1[0-2])[./](?:19|20)?\d{2}|(?:19|20)\d{2}-(?:0[1-9]|1[0-2])-[0-3]\d)"
TIME = r"(?:[01]?\d|2[0-3])[:.][0-5]\d"
MOMENTS = re.compile(rf"(?:{DATE}|{TIME})(?:\s?[,–—−-]?\s?(?:{DATE}|{TIME}))?")
SUM = re.compile(r"\d{1,3}(?:\s\d{3}){1,2}(?:[.,]\d{1,2})?")


def mask(text: str) -> str:
    """Replace e-mail addresses, and numbers of more than five digits however they are broken up (CLS-06).

    Dates, times, and sums up to nine digits in groups of thousands stay: they name nobody.
    """
    return RUN.sub(_number, ADDRESS.sub(MAIL, _visible(text)))


def _visible(text: str) -> str:
    """Fold look-alikes of digits, and drop what nobody sees between them."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(character for character in folded if unicodedata.category(character) not in INVISIBLE)


def _number(found: re.Match[str]) -> str:
    run = found.group()
    is_short = sum(character.isdecimal() for character in run) <= MOST_DIGITS
    return run if is_short or MOMENTS.fullmatch(run) or SUM.fullmatch(run) else NUMBER
