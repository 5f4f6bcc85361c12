"""The words of a Russian text in their dictionary forms (FAQ-02).

The dictionary takes 26 MB and 0.15 s, in the process that asks first.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

import pymorphy3
import pymorphy3_dicts_ru

WORD = re.compile(r"\d+-[а-я]+|[0-9a-zа-я]+")
FORM_NUMBER = re.compile(r"\b(\d+)[\s-]?([а-я]{3,})\b")  # «2 НДФЛ», «2ндфл» and «2-НДФЛ» are one
SPACE = re.compile(r"\s+")
FUNCTION_PARTS = frozenset({"PREP", "CONJ", "PRCL", "INTJ", "NPRO", "PRED"})
LIKELY = 0.15

# What a question is asked with: it says little of what the question is about.
ASKING = frozenset(
    SPACE.split(
        "как какой когда где куда сколько который почему зачем что кто чей во до за ли можно надо нужно нужный"
    )
)
# Courtesy and fillers: they say nothing.
FILLERS = frozenset(
    SPACE.split(
        "здравствуйте привет добрый день утро вечер пожалуйста спасибо мочь быть хотеть хотеться еще уже просто очень"
        " лучше вообще сейчас теперь а и но же бы это этот тот весь свой мой наш ваш вы мы я он"
    )
)
# «Пришлите» asks for an answer, «прислали» tells of something: fillers as orders only.
ORDERS = frozenset(SPACE.split("подсказать сказать скинуть прислать напомнить объяснить уточнить дать"))


@dataclass(frozen=True, slots=True)
class Word:
    """A word with the forms that it may be of. Unknown to the dictionary: a name, or a typo."""

    written: str
    lemmas: frozenset[str]
    is_known: bool
    is_filler: bool
    is_asking: bool

    @property
    def shown(self) -> str:
        """One of its dictionary forms, always the same."""
        return min(self.lemmas)


def words(text: str) -> list[Word]:
    """Return the words of the text, in its order, fillers too."""
    plain = FORM_NUMBER.sub(r"\1-\2", text.casefold().replace("ё", "е"))
    return [_word(found) for found in WORD.findall(plain)]


@lru_cache(maxsize=5_000)
def forms(lemma: str) -> frozenset[str]:
    """Return every form of the dictionary form."""
    return frozenset(
        form.word.replace("ё", "е") for parse in _dictionary().parse(lemma) for form in parse.lexeme
    )


@cache
def _dictionary() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer(path=pymorphy3_dicts_ru.get_path())


@lru_cache(maxsize=20_000)
def _word(text: str) -> Word:
    parses = _dictionary().parse(text)
    likely = [parse for parse in parses if parse.score >= LIKELY] or parses[:1]
    lemmas = frozenset(parse.normal_form.replace("ё", "е") for parse in likely)
    is_asking = bool(lemmas & ASKING)
    is_order = likely[0].tag.mood == "impr" and bool(lemmas & ORDERS)
    is_function = likely[0].tag.POS in FUNCTION_PARTS or "Apro" in likely[0].tag
    return Word(
        written=text,
        lemmas=lemmas,
        is_known=_dictionary().word_is_known(text) or not text.isalpha(),
        is_filler=is_order or bool(lemmas & FILLERS) or (is_function and not is_asking),
        is_asking=is_asking,
    )
