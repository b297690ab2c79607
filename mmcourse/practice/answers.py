"""Do a guess and an answer mean the same? Numbers as people write them, words, yes and no.

Nothing here evaluates what a learner typed: it is read with regular expressions, never run.
"""

import math
import re
import unicodedata
from typing import NamedTuple

LONGEST = 200  # letters of a guess that are read
NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?"
ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
COUNTS = (
    {word: number for number, word in enumerate(ONES)}
    | {word: 20 + 10 * number for number, word in enumerate(TENS)}
    | {"none": 0, "nothing": 0, "once": 1, "twice": 2, "double": 2}
)
SCALES = {"hundred": 100, "thousand": 1000, "k": 1000, "million": 10**6, "m": 10**6, "billion": 10**9}
PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
FILLERS = re.compile(
    r"\b(about|approximately|approx|around|roughly|circa|ca|nearly|almost|maybe|perhaps|probably|exactly|i think|"
    r"it is|equals?|by|(a )?factor( of)?|only|an?)\b\.?|[~≈=]"
)
TIMES = re.compile(r"[\s-]*(\btimes\b|fold\b)(\s+(as|more|larger|bigger|smaller|less)\b.*)?\s*$|^\s*[x*]|\s*x\s*$")
ALIKE = str.maketrans("−–‐‑⁄×·", "----/xx")
OTHER_JOBS = "|".join([*SCALES, *PARTS, *(f"{part}s" for part in PARTS), "halves", "of", "out", "in", "over", "x"])
YES = set("y yes yeah yep yup true t correct right sure ok definitely always".split())
NO = set("n no nope nah false f wrong never not".split())
VERBS = r"(?:it|they|that)\s(?:is|are|does|do|will|can|would)"


class Number(NamedTuple):
    """A number somebody wrote: its value, and what one unit of its last written digit is worth (0: exact)."""

    value: float
    step: float = 0.0
    percent: bool = False


def number_in(text: str, unit: str = "") -> Number | None:
    """Read `1/2`, `.5`, `0,5`, `50 %`, `half`, `5e-1`, `ten`, `about 10`, `×10`, `10 times`; else None."""
    text = FILLERS.sub(" ", _plain(text)).strip()
    if unit.strip() not in ("", "%"):
        text = re.sub(rf"(?<![a-z]){re.escape(unit.strip().casefold())}\s*[.!?]*$", "", text)
    else:  # `10 models`: a number, then words
        text = re.sub(rf"^([+-]?{NUMBER})\s+(?!(?:{OTHER_JOBS}|per ?cent|times|fold)\b)[a-z][a-z ]*$", r"\1", text)
    text, percent = re.subn(r"\s*(%|\bper ?cent\b)\s*", " ", text)
    text = TIMES.sub(" ", text)
    sign = -1 if re.match(r"\s*(-|minus\b)", text) else 1
    text = " ".join(re.sub(r"^\s*([+-]|minus\b|plus\b)", "", text).strip().rstrip(".!?").split())
    try:
        found = _written(text)
    except (OverflowError, ZeroDivisionError):
        return None
    if found is None or not math.isfinite(found.value):
        return None
    scale = sign / 100 if percent else sign
    return Number(found.value * scale, abs(found.step * scale), bool(percent))


def _plain(text: str) -> str:
    """Lower case, plain digits, a point for the decimal comma, nothing between thousands."""
    text = "".join(f" {c}" if c in "½⅓⅔¼¾" else c for c in str(text)[:LONGEST].casefold())
    text = unicodedata.normalize("NFKC", text).translate(ALIKE).replace("**", "^")
    text = re.sub(r"(?<=\d)[ '’_](?=\d{3}(?!\d))", "", text)
    return re.sub(r"\d[\d.,]*", lambda found: _decimal_point(found.group()), text)


def _decimal_point(digits: str) -> str:
    tail = re.search(r"[.,]*$", digits).group()
    digits = digits[: len(digits) - len(tail)]
    if "," in digits and "." in digits:
        digits = digits.replace("," if digits.rindex(".") > digits.rindex(",") else ".", "")
    elif re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+", digits) or digits.count(".") > 1:
        digits = digits.replace(",", "").replace(".", "")
    return digits.replace(",", ".") + (" " if tail else "")


def _written(text: str) -> Number | None:
    """The number in tidy text without sign, unit and fillers."""
    if re.fullmatch(NUMBER, text):
        mantissa, _, exponent = text.partition("e")
        return Number(float(text), 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2])))
    if match := re.fullmatch(rf"({NUMBER})\s*(?:/|out of|of|in|over)\s*({NUMBER})", text):
        return Number(float(match[1]) / float(match[2]))
    if match := re.fullmatch(rf"(?:({NUMBER})\s*[x*]\s*)?({NUMBER})\s*\^\s*(-?\d{{1,3}})", text):
        return Number(float(match[1] or 1) * float(match[2]) ** int(match[3]))
    words = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", text).split()
    if len(words) == 1 and (match := re.fullmatch(rf"({NUMBER})([km])", text)):
        words = [match[1], match[2]]
    return _in_words(words) if words else None


def _in_words(words: list[str]) -> Number | None:
    """`ten`, `twenty five`, `two thirds`, `a quarter`, `ten thousand`, `1.5 million`."""
    last = words[-1].removesuffix("s").replace("halve", "half")
    scale = 1 / PARTS[last] if last in PARTS else SCALES.get(last, 0)
    count = words[:-1] if scale else words
    if len(count) == 2 and count[0] in TENS and count[1] in ONES[1:10]:
        return Number((COUNTS[count[0]] + COUNTS[count[1]]) * (scale or 1.0))
    if len(count) == 1:
        value = float(count[0]) if re.fullmatch(NUMBER, count[0]) else COUNTS.get(count[0])
        return None if value is None else Number(value * (scale or 1.0))
    return Number(float(scale)) if scale and not count and len(last) > 1 else None


def same_number(
    guess: Number, answer: float, tolerance: float | None = None, factor: float | None = None, unit: str = ""
) -> bool:
    """Whether the guess is near enough. Without tolerance: equal, or the answer at the digits typed."""
    scales = [1.0]
    if unit.strip() == "%":  # the answer is 50 %: 50, 50 %, 0.5 and half all say it
        scales = [100.0] if guess.percent else [1.0, 100.0]
    return any(_near(guess.value * scale, guess.step * scale, answer, tolerance, factor) for scale in scales)


def _near(value: float, step: float, answer: float, tolerance: float | None, factor: float | None) -> bool:
    slack = 1e-9 * max(abs(answer), 1e-300)
    if tolerance is not None and abs(value - answer) <= tolerance + slack:
        return True
    if factor is not None and answer * value > 0:
        return max(value / answer, answer / value) <= factor * (1 + 1e-9)
    if tolerance is None and factor is None and step and abs(value) >= 9.5 * step:
        return abs(value - answer) <= step / 2 + slack  # 0.33 for a third
    return abs(value - answer) <= slack


def words_of(text: object) -> str:
    """Text without what carries no meaning: case, accents, punctuation, hyphens, articles, plural s."""
    text = unicodedata.normalize("NFKD", str(text)[:LONGEST].casefold().replace("&", " and "))
    text = "".join(c for c in text if not unicodedata.combining(c) and c not in "'’`")
    text = re.sub(r"(?<!\d)[.,]|[.,](?!\d)|[;:!?\"“”„«»()\[\]{}_\-–—…]", " ", text)  # the point in 0.5 stays
    words = [word for word in text.split() if word not in ("a", "an", "the")]
    return " ".join(re.sub(r"(?<=ss)es$|(?<=..[^sui])s$", "", word) for word in words)


def same_words(guess: str, wanted: str) -> bool:
    """Whether two texts say the same."""
    return bool(words_of(guess)) and words_of(guess) == words_of(wanted)


def yes_or_no(text: str) -> bool | None:
    """True for yes in its variants, False for no, None for anything else."""
    raw = re.sub(r"['’`]", "", str(text)[:LONGEST].casefold()).replace("cannot", "can not")
    words = " ".join(re.sub(r"[^\w ]", " ", raw).split())
    words = re.sub(rf"^({VERBS})nt\b", r"\1 not", words)
    if re.fullmatch(VERBS, words) or words in ("of course", "i think so") or words in YES:
        return True
    if re.fullmatch(rf"{VERBS} not|of course not|not at all", words) or words in NO:
        return False
    return {"yes": True, "no": False}.get(words.split(" ")[0])
