"""Do a guess and an answer mean the same? Numbers in every way people write them, words, yes and no, sets.

Nothing here evaluates what a learner typed: it is read with regular expressions, never run.
"""

import math
import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

LONGEST = 200  # letters of a guess that are read
UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SCALES = {"hundred": 100, "thousand": 1000, "k": 1000, "million": 10**6, "m": 10**6, "billion": 10**9}
PARTS = {
    "half": 2,
    "halves": 2,
    "third": 3,
    "thirds": 3,
    "quarter": 4,
    "quarters": 4,
    "fourth": 4,
    "fifth": 5,
    "fifths": 5,
    "sixth": 6,
    "eighth": 8,
    "tenth": 10,
    "tenths": 10,
    "hundredth": 100,
    "thousandth": 1000,
}
SMALL = (
    {w: i for i, w in enumerate(UNITS)}
    | {w: 20 + 10 * i for i, w in enumerate(TENS)}
    | {"none": 0, "nothing": 0, "once": 1, "twice": 2, "double": 2, "triple": 3, "dozen": 12}
)
FILLERS = re.compile(
    r"\b(about|approximately|approx|around|roughly|circa|ca|nearly|almost|maybe|perhaps|probably|exactly|just|"
    r"i think|i guess|i say|it is|its|they are|equals?|by|(a )?factor( of)?|some|only|a|an)\b\.?|[~≈=]"
)
ALIKE = str.maketrans("−–‐‑⁄×·", "----/xx")
JOBS = "|".join([*SCALES, *PARTS, *"percent per times fold of out in over to and x".split()])
UNIT_WORDS = {
    "ms": "milliseconds?|msecs?",
    "s": "seconds?|secs?",
    "min": "minutes?|mins?",
    "db": "decibels?",
    "hz": "hertz",
    "khz": "kilohertz",
    "mb": "megabytes?",
    "kb": "kilobytes?",
    "px": "pixels?",
}
NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?"

YES = set("y yes yeah yep yup true t correct right sure indeed ok definitely certainly always".split()) | {
    "of course",
    "it does",
    "it is",
    "it will",
    "it can",
    "it would",
    "they do",
    "they are",
    "they will",
    "i think so",
}
NO = set("n no nope nah false f wrong never not".split()) | {
    "it does not",
    "it doesnt",
    "it is not",
    "it isnt",
    "it will not",
    "it wont",
    "it cannot",
    "it cant",
    "it would not",
    "it wouldnt",
    "they do not",
    "they dont",
    "they are not",
    "i do not think so",
    "i dont think so",
    "not at all",
    "of course not",
}


class Number(NamedTuple):
    """A number somebody wrote: its value, and what one unit of its last written digit is worth (0: exact)."""

    value: float
    step: float = 0.0
    percent: bool = False


def number_in(text: str, unit: str = "") -> Number | None:
    """Read `1/2`, `.5`, `0,5`, `50 %`, `half`, `5e-1`, `ten`, `about 10`, `×10`, `10 times`; else None."""
    text = _plain(text)
    text = _without_unit(FILLERS.sub(" ", text), unit)
    text, percent = re.subn(r"\s*(%|\bpercent\b|\bper cent\b)\s*", " ", text)
    text = re.sub(r"[\s-]*(\btimes\b|fold\b)(\s+(as|more|larger|bigger|smaller|less)\b.*)?\s*$", " ", text)
    text = re.sub(r"^\s*[x×*]\s*(?=[\d.])|(?<=[\d.])\s*[x×]\s*$|(?<=[a-z]) [x×]\s*$", "", text)
    sign = -1 if re.match(r"\s*(-|minus\b|negative\b)", text) else 1
    text = " ".join(re.sub(r"^\s*([+-]|minus\b|negative\b|plus\b)", "", text).strip().rstrip(" .!?").split())
    try:
        found = _written(text) if text else None
    except (OverflowError, ZeroDivisionError):
        return None
    if found is None or not math.isfinite(found.value):
        return None
    scale = sign / 100 if percent else sign
    return Number(found.value * scale, abs(found.step * scale), bool(percent))


def _plain(text: str) -> str:
    """Lower case, plain digits, a point for the decimal comma, no spaces between thousands."""
    text = str(text)[:LONGEST].casefold().replace("²", "^2").replace("³", "^3")
    text = "".join(
        f" {unicodedata.numeric(c):.12g}" if unicodedata.category(c) == "No" and _is_part(c) else c for c in text
    )  # ½
    text = unicodedata.normalize("NFKC", text).translate(ALIKE).replace("**", "^")
    text = re.sub(r"(?<=\d)[ '’_](?=\d{3}(?!\d))", "", text)
    return re.sub(r"\d[\d.,]*", lambda m: _decimal_point(m.group()), text)


def _is_part(letter: str) -> bool:
    return unicodedata.numeric(letter, 0.0) % 1 != 0


def _decimal_point(digits: str) -> str:
    tail = re.search(r"[.,]+$", digits)
    digits, rest = (digits[: tail.start()], " ") if tail else (digits, "")
    if "," in digits and "." in digits:
        thousands = "," if digits.rindex(".") > digits.rindex(",") else "."
        digits = digits.replace(thousands, "")
    elif re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+", digits) or digits.count(".") > 1:
        digits = digits.replace(",", "").replace(".", "")
    return digits.replace(",", ".") + rest


def _without_unit(text: str, unit: str) -> str:
    unit = unit.strip().casefold()
    if unit and unit != "%":
        words = "|".join(filter(None, (re.escape(unit), UNIT_WORDS.get(unit))))
        return re.sub(rf"(?<![a-z])({words})s?\s*[.!?]*\s*$", "", text.strip())
    if not unit:  # `10 models`: a number, then words
        return re.sub(rf"^([+-]?{NUMBER})\s+(?!(?:{JOBS})\b)[a-z][a-z ]*$", r"\1", text.strip())
    return text


def _written(text: str) -> Number | None:
    """The number in tidy text without sign, unit and fillers."""
    if re.fullmatch(NUMBER, text):
        return Number(float(text), _step(text))
    text = text.removeprefix("between ")
    if match := re.fullmatch(rf"({NUMBER})\s*(?:-|to|and|\.\.\.?|…)\s*({NUMBER})", text):
        return Number((float(match[1]) + float(match[2])) / 2)  # a range: its middle
    if match := re.fullmatch(rf"(?:(\d+)\s+)?({NUMBER})\s*(?:/|out of|of|in|over)\s*({NUMBER})", text):
        return Number(float(match[1] or 0) + float(match[2]) / float(match[3]))
    if match := re.fullmatch(r"(\d+)\s+(0\.\d+)", text):  # 1½
        return Number(float(match[1]) + float(match[2]))
    if match := re.fullmatch(rf"(?:({NUMBER})\s*[x*]\s*)?({NUMBER})\s*\^\s*(-?\d{{1,3}})", text):
        return Number(float(match[1] or 1) * float(match[2]) ** int(match[3]))
    if match := re.fullmatch(rf"(?:√|sqrt|square root of|root)\s*\(?\s*({NUMBER})\s*\)?", text):
        return Number(math.sqrt(float(match[1])))
    if match := re.fullmatch(rf"({NUMBER})\s*({'|'.join(SCALES)})", text):
        return Number(float(match[1]) * SCALES[match[2]])
    return _in_words(re.sub(r"(?<=[a-z])-(?=[a-z])|,", " ", text).split())


def _step(digits: str) -> float:
    mantissa, _, exponent = digits.partition("e")
    places = len(mantissa.partition(".")[2])
    return 10.0 ** (int(exponent or 0) - places)


def _in_words(words: list[str]) -> Number | None:
    """`twenty five`, `two thirds`, `one and half`, `three hundred thousand`."""
    if not words:
        return None
    if words[-1] in PARTS:
        count = _count([w for w in words[:-1] if w != "and"]) if words[:-1] else 1
        if count is None:
            return None
        part = 1 / PARTS[words[-1]]
        return Number(count + part if "and" in words[-2:] else count * part)
    count = _count([w for w in words if w != "and"])
    return None if count is None else Number(float(count))


def _count(words: list[str]) -> int | None:
    total = current = 0
    for word in words:
        value = SMALL.get(word, int(word) if word.isdecimal() and len(word) < 10 else -1)
        follows = current % 100 == 0 or (current % 100 >= 20 and current % 10 == 0 and value < 10)
        if value >= 0 and follows:
            current += value
        elif word in SCALES and len(word) > 1:
            current = max(current, 1) * SCALES[word]
            if SCALES[word] >= 1000:
                total, current = total + current, 0
        else:
            return None
    return total + current


def same_number(
    guess: Number, answer: float, tolerance: float | None = None, factor: float | None = None, unit: str = ""
) -> bool:
    """Whether the guess is near enough. Without tolerance: equal, or the answer at the digits typed."""
    values = [guess.value]
    # The answer is 50 %: 50, 50 %, 0.5 and half all say it.
    if unit.strip() == "%":
        values = [guess.value * 100] if guess.percent else [guess.value, guess.value * 100]
    scales = [value / guess.value if guess.value else 1.0 for value in values]
    return any(
        _near(value, guess.step * scale, answer, tolerance, factor) for value, scale in zip(values, scales, strict=True)
    )


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
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"['’`]", "", text)
    text = re.sub(r"(?<=\d)[.,](?=\d)", "\0", text)  # the point in 0.5 is no punctuation
    text = re.sub(r"[.,;:!?\"“”„«»()\[\]{}_\-–—…]", " ", text).replace("\0", ".")
    words = [w for w in text.split() if w not in ("a", "an", "the")]
    return " ".join(str(SMALL[w]) if w in SMALL and w in UNITS else _singular(w) for w in words)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and re.search(r"(ss|x|ch|sh|z)es$", word):
        return word[:-2]
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if plural else word


def same_words(guess: str, wanted: str) -> bool:
    """Whether two texts say the same, as words or as numbers (`half` and `50 %`)."""
    if words_of(guess) and words_of(guess) == words_of(wanted):
        return True
    left, right = number_in(guess), number_in(wanted)
    return left is not None and right is not None and same_number(left, right.value)


def yes_or_no(text: str) -> bool | None:
    """True for yes in its variants, False for no, None for anything else."""
    raw = re.sub(r"['’`]", "", str(text)[:LONGEST].casefold())
    words = " ".join(re.sub(r"[^\w ]", " ", raw).split())
    for meaning, variants in ((False, NO), (True, YES)):
        if words in variants:
            return meaning
    first = words.split(" ")[0]
    return {"yes": True, "no": False, "yeah": True, "nope": False}.get(first)


def same_set(guess: str, wanted: Iterable[object]) -> bool:
    """Whether the guess lists exactly the wanted things, in any order: `8 and 3` for {3, 8}."""
    wanted = {words_of(w) for w in wanted}
    parts = re.split(r"\s*(?:[,;&+/]|\band\b)\s*", str(guess)[:LONGEST].casefold())
    listed = {words_of(part) for part in parts} - {""}
    return listed == wanted or set(words_of(guess).split()) - {"and"} == wanted
