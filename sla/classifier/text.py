"""From raw text to plain words: folding, masking, transliteration, greetings and signatures off."""

import html
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from sla.classifier.tables import first_names

READ_CHARACTERS = 600
"""Characters read at the start and again at the end of a text."""

URL, MAIL, MENTION, DATE = "урлссылка", "почтадрес", "упоминание", "датачисл"
SHORT_NUMBER, MIDDLE_NUMBER, LONG_NUMBER = "чмал", "чсред", "чдлин"

TAG = re.compile(r"<[/a-z!][^<>]{0,200}>")
WEB = re.compile(r"(?:https?://|www\.|t\.me/)\S+")
E_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
AT = re.compile(r"@\w+")
DIGITS = re.compile(r"\d(?:[\d ().,:/-]{0,30}\d)?")
A_DATE = re.compile(r"\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?|\d{4}-\d{2}-\d{2}")
ONE_S = re.compile(r"(?<!\w)1[сc](?!\w)")
FORM = re.compile(r"(?<!\w)\d{1,2}\s?-?(?=ндфл|ндс|ип(?!\w))")
NOT_WORDS = re.compile(r"[^\w?!.,:;()\n+-]+")
MARKS = re.compile(r"([?!.,:;()\n+])")
WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*|\?")
LONG_WORD = re.compile(r"[а-я]{5,24}")
QUESTION_SIGNS = str.maketrans("❓❔", "??")  # the only pictures that ask
JOINED_NOT = re.compile(
    r"(?<!\w)не(?=(?:понял|пришл|пришел|приход|получил|дошл|дошел|вижу|вид[иа]т|нашл|нашел|работа[ею]т|"
    r"открыва[ею]т|могу|смог|знаю)\w{0,5}(?!\w))"
)
LONG_RUN = re.compile(r"(.)\1{2,}")

NAME = rf"(?:{'|'.join(first_names())})"
PATRONYMIC = r"[а-я]{3,}(?:вич|вна|ична|вны|вне)"
PERSON = rf"{NAME}(?:\s+{PATRONYMIC})?"
HELLO = (
    r"(?:здравствуй(?:те)?|здрасьте|здрасте|здрав\w{3,8}те|добрый\s+(?:день|вечер)|доброе\s+утро|добрый|доброе|"
    r"доброго\s+(?:времени\s+суток|дня|утра|вечера)|доброй\s+ночи|день\s+добрый|вечер\s+добрый|утро\s+доброе|"
    r"доброго|приветствую|приветик|привет|хай|салют|дд|hello|hi|добр\w?[ый]{1,3}\s+д[ен]{2}ь)"
)
ALL = r"(?:коллеги|всем|девочки|девушки|девчонки|ребята|друзья|уважаемые|уважаемая|уважаемый|дорогие|господа|дамы)"
GREETING = re.compile(
    rf"^\s*(?:всем\s+|еще\s+раз\s+)?{HELLO}(?!\w)(?:[\s,!.)]+(?:еще\s+раз|снова|{ALL})(?!\w))*"
    rf"(?:[\s,!]+{PERSON}(?!\w))?(?:\s+и\s+{PERSON}(?!\w))?[\s,!.:;)(-]*"
)
ADDRESS = re.compile(rf"^\s*(?:(?:{ALL}\s+)*{ALL}|{PERSON})\s*[,!:.]\s*(?=\S)")
BARE_NAME = re.compile(rf"^{PERSON}[\s?!.,)]*$")
SIGNATURE = re.compile(
    r"[\s,.;!-]*(?:с\s+(?:глубоким\s+|большим\s+)?уважением|с\s+наилучшими(?:\s+пожеланиями)?|всего\s+доброго|"
    r"best\s+regards|kind\s+regards|отправлено\s+(?:с|из)\s+\w+|sent\s+from\s+my)(?!\w).{0,160}$",
    re.DOTALL,
)

LATIN = str.maketrans("abcdefghijklmnopqrstuvwxyz'", "абцдефгхийклмнопкрстуввхызь")
CLUSTERS = (
    ("schet", "счет"), ("shch", "щ"), ("sch", "щ"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш"),
    ("yu", "ю"), ("ya", "я"), ("yo", "е"), ("ju", "ю"), ("ja", "я"), ("iy", "ий"), ("yy", "ый"), ("ye", "е"),
    ("4", "ч"), ("ey", "ей"), ("ay", "ай"), ("oy", "ой"),
)  # fmt: skip
KEYS = str.maketrans("qwertyuiop[]asdfghjkl;'zxcvbnm,.`", "йцукенгшщзхъфывапролджэячсмитьбюе")
NO_WORD = re.compile(r"(?<!\w)[ыьъ]")  # no Russian word begins so
LATIN_WORD = re.compile(r"[a-z]+")
ENGLISH = re.compile(
    r"\b(?:the|please|pls|thank|thanks|thx|you|your|we|our|need|can|could|what|when|where|how|is|are|does|have|"
    r"has|send|sent|invoice|contract|hello|hi|for|and|not|it|this|that|will|with|of|good|great|yes|"
    r"okay|call|why|who|paid|payment|received|done|fine|deal|check|asap|report|tax|morning|sure|super|cool)\b"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as the classifier sees it: plain words, and what was taken off."""

    text: str
    words: tuple[str, ...]
    marks: frozenset[str]


def read(text: str, repair: Callable[[str], str] = str) -> Reading:
    """Reduce a text to lower-case words with marks of what was taken off. Never raises.

    `repair` may put a word right, one word of five or more letters at a time.
    """
    marks: set[str] = set()
    folded = _without_emoji(_fold(text), marks)
    plain = _cyrillic(_mask(folded), marks)
    plain = JOINED_NOT.sub("не ", plain)
    plain = LONG_WORD.sub(lambda word: repair(word[0]), plain)
    plain = _without_greeting(plain, marks)
    plain = _shorter(SIGNATURE, plain, "signature", marks)
    spaced = " ".join(MARKS.sub(r" \1 ", plain.replace("\n", " . ")).split())
    return Reading(spaced, tuple(WORD.findall(spaced)), frozenset(marks))


def _fold(text: str) -> str:
    if len(text) > 2 * READ_CHARACTERS:
        text = f"{text[:READ_CHARACTERS]} {text[-READ_CHARACTERS:]}"
    folded = unicodedata.normalize("NFKC", text)[: 4 * READ_CHARACTERS].lower().replace("ё", "е")
    folded = folded.translate(QUESTION_SIGNS)
    if "&" in folded:
        folded = html.unescape(folded)
    return LONG_RUN.sub(r"\1\1", TAG.sub(" ", folded))


def _without_emoji(text: str, marks: set[str]) -> str:
    """Take off pictures and invisible characters; digits stay, even inside keycaps."""
    if text.isascii() or not any(ord(character) > 0x2000 for character in text):
        return text
    kept = []
    for character in text:
        category = unicodedata.category(character)
        if category in {"So", "Sk", "Cs", "Co", "Cn"} and character != "№":
            marks.add(_kind_of_emoji(character))
            kept.append(" ")
        elif category not in {"Cf", "Mn", "Me"}:
            kept.append(character)
    return "".join(kept)


def _kind_of_emoji(character: str) -> str:
    if character in "🙏❤💐🌹🌷🥰😘💖💕":
        return "warm emoji"
    return "nodding emoji" if character in "👍👌✅✔🤝💪👏🔥🆗💯☑" else "emoji"


def _mask(text: str) -> str:
    text = WEB.sub(f" {URL} ", text)
    text = AT.sub(f" {MENTION} ", E_MAIL.sub(f" {MAIL} ", text))
    text = FORM.sub("", ONE_S.sub("одинэс", text))
    return NOT_WORDS.sub(" ", DIGITS.sub(_number, text.replace("#", " ").replace("№", " ")))


def _number(found: re.Match[str]) -> str:
    digits = found.group()
    if A_DATE.fullmatch(digits):
        return f" {DATE} "
    count = sum(character.isdigit() for character in digits)
    return f" {SHORT_NUMBER if count <= 3 else MIDDLE_NUMBER if count <= 6 else LONG_NUMBER} "


def _cyrillic(text: str, marks: set[str]) -> str:
    """Turn a text written in Latin letters into Cyrillic ones, unless it is English."""
    latin = sum(len(word) for word in LATIN_WORD.findall(text))
    if not latin or latin < 0.5 * sum(character.isalpha() for character in text):
        return text
    english = len(ENGLISH.findall(text))
    if english and english >= 0.25 * len(text.split()):
        marks.add("english")
        return text
    marks.add("translit")
    if not re.search("[aeiouy]", text):
        return text.translate(KEYS)
    turned = _transliterated(text)
    return turned if _looks_russian(turned) else _by_keys(text, turned)


def _transliterated(text: str) -> str:
    for cluster, letter in CLUSTERS:
        text = text.replace(cluster, letter)
    return text.translate(LATIN)


def _looks_russian(text: str) -> bool:
    return len(re.findall("[аеиоуыэюя]", text)) >= 0.3 * sum(character.isalpha() for character in text)


def _by_keys(text: str, turned: str) -> str:
    keyed = text.translate(KEYS)
    return keyed if _looks_russian(keyed) and not NO_WORD.search(keyed) else turned


def _without_greeting(text: str, marks: set[str]) -> str:
    text = _shorter(GREETING, text, "greeting", marks)
    if BARE_NAME.match(text.strip()):
        marks.add("bare name")
        return text
    return _shorter(ADDRESS, text, "vocative", marks)


def _shorter(pattern: re.Pattern[str], text: str, mark: str, marks: set[str]) -> str:
    """Take the match off when words remain."""
    rest, count = pattern.subn(" ", text, count=1)
    if count:
        marks.add(mark)
    return rest if count and (mark == "greeting" or WORD.search(rest)) else text
