"""A small rule set over normalised Russian text. When in doubt, it is a request (principle 7)."""

import re
import unicodedata
from dataclasses import dataclass

RULES_VERSION = "rules-1"
READ_CHARACTERS = 600

NOT_WORDS = re.compile(r"[^\w\s?]+")
GREETING = re.compile(
    r"^(?:здравствуйте|добр(?:ый|ое|ого)\s+(?:день|утро|вечер|дня|утра|вечера)|доброго\s+времени\s+суток"
    r"|привет(?:ствую)?|всем\s+привет|коллеги|день\s+добрый|утро\s+доброе)\b\s*"
)
THANKS = re.compile(r"\b(?:спасибо|благодар\w*|спс|пасиб\w*|мерси|thanks|thx)\b")
THANKS_FILLER = re.compile(
    r"\b(?:спасибо|благодар\w*|спс|пасиб\w*|мерси|thanks|thx|большое|огромное|вам|вас|тебе|за|все|всё|очень|"
    r"ответ|помощь|информацию|разъяснение|пояснение|оперативность|подробн\w*|быстр\w*|и|хорошего|дня|вечера|"
    r"выходных|принято|понял\w*|поняли|понятно|ясно|ок|хорошо|отлично|супер|получил\w*|огромн\w*|заранее)\b"
)
NOISE = re.compile(
    r"^(?:(?:ок|окей|ok|okay|хорошо|ладно|ага|угу|да|нет|понял|поняла|поняли|понятно|ясно|принято|принял|приняла|"
    r"супер|отлично|класс|договорились|жду|ждем|ждём|будет|сделаю|сделаем|хор|норм|давайте|конечно|получил|"
    r"получила|получили|добро|пожалуйста|взаимно|и\s+вам|удачи|до\s+свидания|всего\s+доброго)\s*)+$"
)
STATUS = re.compile(
    r"^(?:уже\s+)?(?:оплатил|оплатила|оплатили|отправил|отправила|отправили|скинул|скинула|выслал|выслала|перевел|"
    r"перевела|подписал|подписала|подписали|загрузил|загрузила|во\s+вложении|вот|высылаю|отправляю|прикрепляю|"
    r"прикладываю|направляю)\b"
)
ASKS = re.compile(
    r"\?|\b(?:когда|где|как|какой|какая|какие|какую|сколько|почему|зачем|можно|можете|можем|нужн\w*|надо|"
    r"пришлите|отправьте|сделайте|подготовьте|выставьте|скиньте|вышлите|проверьте|подскажите|посмотрите|скажите|"
    r"напишите|позвоните|перезвоните|помогите|просьба|прошу|пожалуйста|требу\w*|не\s+пришл\w*|не\s+получил\w*|"
    r"не\s+работает|ошибк\w*|срочно|ау|ли|кто|что|чем|куда|откуда)\b"
)
DATA_ONLY = re.compile(r"^[\d\s.,:/№#%+-]+(?:р|руб\w*|шт)?$")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A class with how sure we are of it (0–1), and what said so."""

    label: str
    confidence: float
    source: str = "rules"
    version: str = RULES_VERSION


def normalise(text: str) -> str:
    """Fold a text to lower-case words: NFKC, ё→е, no emoji and no punctuation but the question mark."""
    folded = unicodedata.normalize("NFKC", text[:READ_CHARACTERS]).lower().replace("ё", "е")
    return " ".join(NOT_WORDS.sub(" ", folded).split())


def classify(text: str) -> Verdict:
    """Name the class of a client's text. Never raises; in doubt it is a REQUEST (REQ-03, CLS-01)."""
    whole = normalise(text)
    words = GREETING.sub("", whole, count=1).strip()
    if not words:
        return Verdict("SPAM", 0.95)
    if THANKS.search(words) and not ASKS.search(THANKS_FILLER.sub(" ", words)):
        rest = THANKS_FILLER.sub(" ", words).split()
        return Verdict("GRATITUDE", 0.9 if len(rest) <= 2 else 0.6)
    if NOISE.fullmatch(words):
        return Verdict("SPAM", 0.9)
    if DATA_ONLY.fullmatch(words):
        return Verdict("CLARIFICATION", 0.8)
    if STATUS.match(words) and not ASKS.search(words):
        return Verdict("CLARIFICATION", 0.75)
    return Verdict("REQUEST", 0.9 if ASKS.search(words) else 0.6)
