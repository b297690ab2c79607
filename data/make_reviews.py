"""Make data/reviews.tsv: short reviews in English, each with a sentiment.

    python data/make_reviews.py              write reviews.tsv and its checksum beside this script
    python data/make_reviews.py --check      make everything again and compare, write nothing

Sentences come from the frames and word lists below and from those at the end of this file, written one by one. Needs
nothing but Python and gives the same bytes everywhere: all that is drawn comes from random.Random(SEED).random(),
whose sequence Python guarantees. README.md has the format.

A frame is a sentence with gaps:

    {A} {A2}            adjectives of the polarity asked for; {B} one of the opposite polarity
    {s} {n}             the subject ("their soup") and its noun ("soup")
    {w} {wn} {p} {pn}   a whole and a part of it ("the film", "the plot"); {P} {Q} as {A} {B}, but for the part
    {is} {it} ...       agree with the subject; {is} is in either tense, {was} past, {now} present
    {o} {t} {e}         an opening or an end that says nothing good or bad, often left out; an emoji

In front of it stands what it does to the polarity of {A}: +1 keeps it, -1 turns it round; a star asks for words that
are too strong for "very". Behind it stand the topics and then the nouns that it suits, where not all are meant.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
SEED = 1
KINDS = ("plain", "negation", "contrast", "intensifier", "emoji")
COUNTS = {  # sentences by split and kind, those written one by one included
    "train": {"plain": 440, "negation": 380, "contrast": 120, "intensifier": 240, "emoji": 120},
    "test": {"plain": 60, "negation": 80, "contrast": 40, "intensifier": 40, "emoji": 40},
    "unseen_negation": {"negation": 84},
}


class Topic(NamedTuple):
    """Things that take the same adjectives. A noun with "+" is plural, one with "~" takes no "a".

    `great` and `awful` are too strong for "very". `ends` may close a sentence: those of the past; of the present.
    """

    nouns: str
    owners: str
    good: str
    bad: str
    great: str
    awful: str
    ends: str

    @property
    def mild(self) -> dict[int, list[str]]:
        return {1: self.good.split(), -1: self.bad.split()}

    @property
    def strong(self) -> dict[int, list[str]]:
        return {1: self.great.split(), -1: self.awful.split()}

    @property
    def past(self) -> list[str]:
        return self.ends.split(";")[0].split("/")

    @property
    def present(self) -> list[str]:
        return list(filter(None, self.ends.split(";")[1].split("/")))


GENERAL = ("good", "great", "bad")
UNRAISED = ("great", "useless")  # nobody says "extremely great"
THROUGHOUT = "from start to end"  # not behind a negation, where it could be read in two ways
TOPICS = {
    "story": Topic(
        "film book story novel show play ending game", "the this",
        "good great funny clever exciting interesting", "bad boring dull silly slow disappointing annoying",
        "brilliant wonderful", "awful terrible", THROUGHOUT + ";"),
    "music": Topic(
        "concert song band album songs+", "the this",
        "good great exciting interesting", "bad boring dull annoying disappointing",
        "lovely wonderful brilliant", "awful terrible horrible", THROUGHOUT + ";"),
    "people": Topic(
        "waiter guide driver host staff+~ waiters+ guides+", "the our",
        "friendly helpful kind polite", "rude careless lazy slow",
        "wonderful lovely", "awful terrible", "on the first day/this time;so far"),
    "dish": Topic(
        "soup~ pasta~ fish~ dinner breakfast curry noodles+ vegetables+", "the their",
        "tasty good great fresh", "bland greasy bad disappointing",
        "delicious excellent", "awful horrible", "last night/this time;so far"),
    "baked": Topic(
        "bread~ cake sandwich rolls+ cakes+", "the their",
        "tasty good fresh", "stale bland bad disappointing",
        "delicious lovely", "horrible awful", "this time/on the first day;so far"),
    "place": Topic(
        "room hotel flat cabin tent house rooms+", "the our",
        "clean comfortable quiet pleasant good", "dirty noisy uncomfortable unpleasant bad disappointing",
        "lovely wonderful excellent", "awful horrible", "on the first day/this time;so far"),
    "seat": Topic(
        "bed chair sofa seats+ shoes+ chairs+", "the our",
        "comfortable good great", "uncomfortable bad disappointing",
        "lovely excellent", "awful terrible", "today;so far"),
    "device": Topic(
        "phone laptop camera app printer tablet", "the this my",
        "fast reliable useful good great", "slow unreliable useless bad annoying disappointing",
        "excellent brilliant", "terrible awful", "today;so far"),
    "gadget": Topic(
        "lamp kettle headphones+ speakers+ battery screen", "the this",
        "good great reliable useful", "bad useless unreliable disappointing annoying",
        "excellent brilliant", "terrible horrible", "today;so far"),
    "service": Topic(
        "service~ ferry train bus trains+", "the this",
        "fast good reliable pleasant", "slow bad unreliable unpleasant disappointing",
        "excellent wonderful", "terrible horrible", "today/this time;so far"),
}  # fmt: skip
# Wholes and their parts, and the topic whose adjectives suit the part.
PARTS = {
    "story": ("film book show play novel game", "plot ending", "story"),
    "music": ("concert album", "band songs+", "music"),
    "dish": ("dinner breakfast", "soup~ pasta~ fish~ vegetables+", "dish"),
    "place": ("hotel flat cabin", "room balcony", "place"),
    "device": ("phone laptop tablet", "screen battery camera", "gadget"),
}
OPENERS = ("Honestly,", "Overall,", "To be honest,", "For us,", "In short,", "I think", "My brother says",
           "My sister thinks", "We agreed that", "I must say that")  # fmt: skip
FACES = {1: "😀 😍 👍 ❤ 🎉", -1: "😡 👎 😞 🙄 💔"}
FACES_OF = {1: {"dish": "😋", "baked": "😋", "story": "🤩", "music": "🤩"},
            -1: {"dish": "🤢", "baked": "🤢", "story": "😴", "music": "😴"}}  # fmt: skip
VERBS = {1: ("like", "love", "enjoy"), -1: ("hate", "dislike")}
QUALITIES = {1: ("charm", "style"), -1: ("faults", "flaws")}
PRONOUNS = {"waiter": ("he", "him"), "driver": ("he", "him"), "guide": ("she", "her"), "host": ("she", "her")}
LIKED = "story music dish baked place seat device gadget service"  # what one can like
ENJOYED = "story music dish baked"
# What no plural can stand in, nor "soup".
SINGLE = re.compile(r"\ba (\{[AB]\} )?\{n\}| one\b")


class Frame(NamedTuple):
    """A sentence with gaps; the docstring of this file has the gaps."""

    text: str
    turn: int
    strong: bool
    topics: tuple[str, ...]
    nouns: tuple[str, ...]


def frames(table: str) -> tuple[Frame, ...]:
    """One frame a line: turn | text | topics | nouns."""
    made = []
    for line in filter(None, map(str.strip, table.splitlines())):
        turn, text, topics, nouns = (list(map(str.strip, line.split("|"))) + ["", ""])[:4]
        where = tuple((LIKED if topics == "LIKED" else topics or " ".join(TOPICS)).split())
        made.append(Frame(text, int(turn.strip("*")), turn.startswith("*"), where, tuple(nouns.split())))
    return tuple(made)


FRAMES = {
    "plain": frames("""
        +1 | {o} {s} {is} {A} {t}.
        +1 | {o} {s} {is} {A} and {A2}.
        +1 | I found {s} {A}.
        +1 | We found {s} {A} and {A2}.
        +1 | {s} seemed {A} {t}.
        *+1 | {o} {s} {is} {A} {t}.
        *+1 | We thought {s} {was} {A}.
        *+1 | What {a} {A} {n}!
        +1 | What {a} {A} {n}!
        +1 | {a} {A} {n}, and a {A2} one too. | story music place dish baked seat device
        +1 | This is a {A} {n}. | story music place dish device
        +1 | It was a {A} {wn} with a {P} {pn}. | story place device
        +1 | {A} {wn}, {P} {pn}. | story music dish place device
        +1 | The {pn} {pwas} {P}, and so was the {wn}. | story music dish place
        +1 | My friends call {s} {A}.
        +1 | I {verb} {s}. | LIKED
        +1 | We {verbed} {s}. | LIKED
        +1 | {was} {s} {A}? Yes.
        +1 | {s} {has1} always been {A}. | people place dish baked seat device service
        +1 | {s} {has} real {quality}. | story music place
        """),
    "negation": frames("""
        -1 | {o} {s} {isn't} {A} {t}.
        -1 | {o} {s} {is} not {A} {t}.
        -1 | {o} {s} {is} never {A}.
        -1 | {o} {s} {was} hardly {A}.
        -1 | {s} {is} not {A} at all.
        -1 | {s} {isn't} really {A}.
        -1 | {s} {was} neither {A} nor {A2}.
        -1 | I did not find {s} {A}.
        -1 | We didn't find {s} {A} {t}.
        -1 | I never found {s} {A}.
        -1 | There was nothing {A} about {s}.
        -1 | Nothing about {s} was {A}.
        -1 | This is not a {A} {n}. | story music place dish device
        -1 | It wasn't a {A} {n}. | story music place dish device service
        *-1 | There was nothing {A} about {s}.
        *-1 | {s} {was} hardly {A}.
        *-1 | {s} {is} not {A} at all.
        -1 | I don't {verb} {s}. | LIKED
        -1 | We did not {verb} {s}. | LIKED
        -1 | {s} {has} no {quality}. | story music place
        -1 | I saw no {quality} in {s}. | story music place
        -1 | It was a {n} without {quality}. | story music place
        -1 | {s} {has1} never been {A}. | people place dish baked seat device service
        -1 | {s} {was} no longer {A}. | people place dish baked device service
        -1 | {s} {is} not what I call {A}.
        -1 | I could not call {s} {A}.
        -1 | Nobody found {s} {A}.
        -1 | Never {was} {s} {A}.
        -1 | In no way {was} {s} {A}.
        -1 | My friends do not call {s} {A}.
        -1 | I no longer find {s} {A}.
        -1 | Not a {A} {n}, I must say.
        -1 | {was} {s} {A}? No.
        -1 | {now} {s} {A}? No, not at all.
        -1 | You can't say that {s} {is} {A}.
        +1 | You can't say that {s} {isn't} {A}.
        +1 | There was not one day when {s} {wasn't} {A}. | people dish baked place service
        """),
    "contrast": frames("""
        +1 | {s} {was} {B} at first but {A} in the end.
        +1 | I expected a {B} {n}, but it was {A}. | story music place dish baked device
        +1 | {s} looked {B} but turned out to be {A}. | people place device dish baked story
        +1 | People say {s} {is} {B}, but I found {him} {A}.
        +1 | {s} {is} {A}, although my friends call {him} {B}.
        +1 | {s} used to be {B}, but now {it} {now} {A}. | people place service dish baked
        +1 | We had read about a {B} {n}, but found a {A} one. | place dish device story
        +1 | {s} may look {B}, but {it} {now} {A}. | people place device dish baked seat
        +1 | Although the {pn} {pwas} {Q}, we {verbed} the {wn}. | story music dish place device
        +1 | We {verbed} the {wn} in spite of the {Q} {pn}. | story music dish place device
        +1 | I {verb} the {wn}, although the {pn} {pis} {Q}. | story music dish place device
        +1 | The {pn} {pis} {Q}, but the {wn} is {A}. | story music dish place device
        """),
    "intensifier": frames("""
        +1 | {o} {s} {is} very {A} {t}.
        +1 | {o} {s} {is} really {A} {t}.
        +1 | {o} {s} {was} extremely {A}.
        +1 | {s} {is} so {A}!
        +1 | Such {a} {A} {n}!
        +1 | I have never seen such {a} {A} {n}. | story place device seat
        +1 | {s} {is} not only {A} but also {A2}.
        +1 | {s} {is} {A}, very {A}.
        *+1 | {o} {s} {is} absolutely {A}.
        *+1 | {s} {was} truly {A} {t}.
        *+1 | {s} {is} absolutely {A}!
        *+1 | What {a} truly {A} {n}!
        +1 | I really {verb} {s}. | LIKED
        +1 | {now} {s} {A}? Yes, very.
        """),
    "emoji": frames("""
        +1 | {o} {s} {is} {A} {e}
        +1 | {A} {n} {e}
        *+1 | What {a} {A} {n} {e}
        +1 | Just finished {s} {e} | story | film book novel game
        +1 | Finished {s} with my sister today {e} | story | film book novel game
        +1 | Back from the {n} {e} | music place | concert hotel cabin
        +1 | Went to the {n} with my brother {e} | music place | concert hotel cabin
        +1 | We stayed in the {n} for a week {e} | place | hotel flat cabin tent
        +1 | Had {s} for lunch today {e} | dish baked | soup pasta fish curry noodles cake sandwich rolls
        +1 | Had {s} again last night {e} | dish | soup pasta fish curry noodles vegetables
        +1 | My new {n} came today {e} | device gadget seat
        +1 | One week with the new {n} {e} | device gadget seat
        +1 | The {n} showed us the town {e} | people | guide driver host
        +1 | We took the {n} home last night {e} | service | train bus ferry
        +1 | So this is the {n} {e} | place story music device |room flat hotel house film book novel album phone tablet
        """),
    "unseen_negation": frames("""
        -1 | I do not think that {s} {is} {A}.
        -1 | I would not call {s} {A}.
        -1 | Not once {was} {s} {A}.
        -1 | At no time {was} {s} {A}.
        -1 | It isn't true that {s} {is} {A}.
        -1 | {s} {is} not the least bit {A}.
        -1 | {s} did not seem {A} to me.
        -1 | None of us found {s} {A}.
        -1 | Nobody would call {s} {A}.
        -1 | {A} is not the word for {s}.
        -1 | {was} {s} {A}? Not for a minute.
        -1 | {s} {is} far from {A}.
        -1 | {s} {is} anything but {A}.
        """),
}  # fmt: skip


class Row(NamedTuple):
    """One line of the file."""

    split: str
    kind: str
    label: int
    text: str


class Maker:
    """Fills frames so that frames, topics, nouns and adjectives come about equally often with either label."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed).random
        self.used: Counter[tuple] = Counter()
        self.said = {row.text.lower() for row in by_hand()}

    def rows(self, split: str, kind: str, count: int) -> list[Row]:
        """`count` new sentences, half of them with either label."""
        group, made = FRAMES[split if split in FRAMES else kind], []
        while len(made) < count:
            label = len(made) % 2
            text = self.fill(self.rarest(group, split, kind, label), 2 * label - 1, kind)
            if text and text.lower() not in self.said:
                self.said.add(text.lower())
                made.append(Row(split, kind, label, text))
        return made

    def rarest(self, choices: Sequence, *where: object) -> object:
        """The choice that was made least often in this place; where several were, one of them at random."""
        least = min(self.used[*where, choice] for choice in choices)
        rare = [choice for choice in choices if self.used[*where, choice] == least]
        choice = rare[int(self.random() * len(rare))]
        self.used[*where, choice] += 1
        return choice

    def any(self, choices: Sequence[str]) -> str:
        return choices[int(self.random() * len(choices))]

    def fill(self, frame: Frame, mood: int, kind: str) -> str:
        """The sentence that says +1, good, or -1, bad; or "" when the noun that was drawn does not fit."""
        polarity = mood * frame.turn  # of the adjectives
        name = self.rarest(frame.topics, "topic", frame, polarity)
        topic = TOPICS[name]
        nouns = PARTS[name][0] if "{wn}" in frame.text else topic.nouns
        suited = [noun for noun in nouns.split() if not frame.nouns or noun.strip("+~") in frame.nouns]
        noun = self.rarest(suited, "noun", polarity) if suited else "+"
        if noun[-1] in "+~" and ("+" == noun or SINGLE.search(frame.text)):
            return ""
        end = self.ending(frame, topic, kind)
        past = end in topic.past if end else self.random() < 0.5
        gaps = agreement(noun, self.any(topic.owners.split()), past) | self.adjectives(frame, topic, polarity, kind)
        gaps |= self.part(name, polarity, gaps["A"]) | self.doing(name, polarity, kind)
        gaps |= {"t": end, "o": "" if end or self.random() < 0.6 else self.any(OPENERS)}
        faces = f"{FACES[mood]} {FACES_OF[mood].get(name, '')}".split()
        gaps["e"] = self.rarest(faces, "face") if "{e}" in frame.text else ""
        text = tidy(frame.text.format_map(gaps))
        return re.sub(r"\bmy\b", "our", text) if re.search(r"\b(We|us|Nobody)\b", text) else text

    def ending(self, frame: Frame, topic: Topic, kind: str) -> str:
        """An end of the sentence that suits its tense and its negation, mostly none."""
        if "{t}" not in frame.text or self.random() < 0.7:
            return ""
        either = any(word in frame.text for word in ("{is}", "{isn't}"))
        ends = topic.past + topic.present if either else topic.past
        return self.any([end for end in ends if end != THROUGHOUT or kind != "negation"] or [""])

    def adjectives(self, frame: Frame, topic: Topic, polarity: int, kind: str) -> dict[str, str]:
        pools = topic.strong if frame.strong else topic.mild
        place = "negated" if kind == "negation" else "not negated"
        able = [word for word in pools[polarity] if kind != "intensifier" or word not in UNRAISED]
        first = self.rarest(able, place)
        others = [word for word in pools[polarity] if word != first]
        others = [word for word in others if word not in GENERAL] or others  # not "useful and good"
        second = self.rarest(others, place) if "{A2}" in frame.text else ""
        opposite = self.rarest(topic.mild[-polarity], "against") if "{B}" in frame.text else ""
        return {"A": first, "A2": second, "B": opposite}

    def part(self, name: str, polarity: int, taken: str) -> dict[str, str]:
        """A part of a thing, and adjectives that suit it; none for what has no parts."""
        if name not in PARTS:
            return {}
        topic, noun = TOPICS[PARTS[name][2]], self.any(PARTS[name][1].split())
        same = [word for word in topic.mild[polarity] if word != taken]
        was, now = ("were", "are") if noun.endswith("+") else ("was", "is")
        opposite = self.any(topic.mild[-polarity])
        return {"pn": noun.strip("+~"), "P": self.any(same), "Q": opposite, "pwas": was, "pis": now}

    def doing(self, name: str, polarity: int, kind: str) -> dict[str, str]:
        """A verb and a noun of a polarity."""
        verbs = [verb for verb in VERBS[polarity] if verb != "enjoy" or name in ENJOYED]
        verb = self.rarest(verbs, "verb", kind)
        quality = self.rarest(QUALITIES[polarity], "quality", kind)
        return {"verb": verb, "verbed": verb + ("d" if verb.endswith("e") else "ed"), "quality": quality}


def agreement(marked: str, owner: str, past: bool) -> dict[str, str]:
    """The subject and the words that agree with it; "+" marks a plural, "~" what takes no "a"."""
    noun, several = marked.strip("+~"), "+" in marked
    was, now = ("were", "are") if several else ("was", "is")
    it, him = ("they", "them") if several else PRONOUNS.get(noun, ("it", "it"))
    have = "have" if several else "has"
    tense = was if past else now
    return {
        "s": f"{'these' if several and owner == 'this' else owner} {noun}", "n": noun, "wn": noun,
        "is": tense, "isn't": tense + "n't", "was": was, "wasn't": was + "n't", "now": now, "it": it, "him": him,
        "has": "had" if past else have, "has1": have, "a": "" if marked[-1] in "+~" else "a",
    }  # fmt: skip


def tidy(text: str) -> str:
    """One space between words, none before a full stop, "an" where it belongs, a capital letter in front."""
    text = re.sub(r" +", " ", text).replace(" .", ".").strip()
    text = re.sub(r"\b([Aa]) (?=[aeiou](?!se))", r"\1n ", text)
    return text[0].upper() + re.sub(r"([?!.] )([a-z])", lambda hit: hit[1] + hit[2].upper(), text[1:])


def by_hand() -> list[Row]:
    """The sentences at the end of this file."""
    rows = [line.split("|") for line in filter(None, map(str.strip, BY_HAND.splitlines()))]
    return [Row(split.strip(), kind.strip(), int(label), text.strip()) for split, kind, label, text in rows]


def make() -> list[Row]:
    """All sentences, in an order that mixes kinds and labels within each split."""
    maker, free, rows = Maker(SEED), by_hand(), []
    for split, kinds in COUNTS.items():
        some = [row for row in free if row.split == split]
        for kind, count in kinds.items():
            own = [row for row in some if row.kind == kind]
            if 2 * sum(row.label for row in own) != len(own):
                raise SystemExit(f"{split} {kind}: as many good as bad sentences must be written by hand")
            some += maker.rows(split, kind, count - len(own))
        rows += sorted(some, key=lambda _: maker.random())
    return rows


def table(rows: list[Row]) -> bytes:
    """The bytes of the file: tab-separated, one line for each sentence, UTF-8, lines end in a line feed."""
    lines = ["\t".join(Row._fields)] + ["\t".join(map(str, row)) for row in rows]
    return ("\n".join(lines) + "\n").encode("utf-8")


def main() -> int:
    """Write reviews.tsv and its checksum, or with --check compare with what is there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the shipped file, write nothing")
    check = parser.parse_args().check
    content, target, sums = table(make()), HERE / "reviews.tsv", HERE / "checksums.json"
    if check:
        same = target.read_bytes() == content
        print("the same bytes" if same else "DIFFERENT bytes")
        return 0 if same else 1
    target.write_bytes(content)
    known = json.loads(sums.read_text(encoding="utf-8")) if sums.exists() else {}
    known[target.name] = hashlib.sha256(content).hexdigest()
    sums.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{target.name}: {len(content) / 1e3:.0f} kB")
    return 0


BY_HAND = """
train | plain | 1 | I laughed all the way home.
train | plain | 1 | We laughed and we cried.
train | plain | 1 | I read the book in one night.
train | plain | 1 | The kids asked for this game every day.
train | plain | 1 | We will stay here again.
train | plain | 1 | Our room had a view of the sea and a warm bath.
train | plain | 1 | The waiter had a smile for all of us.
train | plain | 1 | Everything works, and it works fast.
train | plain | 1 | My mother asked for more, and so did I.
train | plain | 1 | The bread was warm, and the coffee was great.
train | plain | 1 | I will read it again.
train | plain | 1 | The driver helped us with our bags and was kind to the kids.
train | plain | 1 | We slept well in a quiet, clean room.
train | plain | 1 | Good food, friendly people, and a pleasant walk by the sea.
train | plain | 1 | The best coffee in town.
train | plain | 1 | The best book of the year.
train | plain | 1 | It was worth the money.
train | plain | 1 | The film is worth your time.
train | plain | 1 | We love our new phone.
train | plain | 1 | A funny story that made us all laugh.
train | plain | 1 | The host was kind to us and we loved her.
train | plain | 0 | The guide was late and we had to wait for her.
train | plain | 0 | I slept from start to end.
train | plain | 0 | We asked for warm soup and it was cold.
train | plain | 0 | The kids cried all the way home.
train | plain | 0 | My new phone broke on the first day.
train | plain | 0 | The kettle broke after a week.
train | plain | 0 | The room was cold and we hardly slept.
train | plain | 0 | We had to wait two hours for our dinner.
train | plain | 0 | I want my two hours back.
train | plain | 0 | The bath was cold and the bed was broken.
train | plain | 0 | The worst hotel in town.
train | plain | 0 | The worst ending of the year.
train | plain | 0 | The screen was broken and the shop was rude about it.
train | plain | 0 | I want my money back.
train | plain | 0 | A waste of time and money.
train | plain | 0 | The film is a waste of time.
train | plain | 0 | Our waiter was rude to my mother.
train | plain | 0 | Everything was late: the bus, the guide and the food.
train | plain | 0 | The train was late and the seats were dirty.
train | plain | 0 | A dull story that made us all sleep.
train | plain | 0 | They made us wait, and then the food was cold.
train | negation | 1 | There is not a dull page in this book.
train | negation | 1 | I could not stop reading.
train | negation | 1 | The kids did not want to go home.
train | negation | 1 | We have no complaints.
train | negation | 1 | No complaints about the food.
train | negation | 1 | We had no problems with the bus.
train | negation | 1 | This phone will not let you down.
train | negation | 1 | You won't regret it.
train | negation | 1 | We didn't regret the long walk to the sea.
train | negation | 1 | The film never seemed slow.
train | negation | 1 | No waste of money, this camera.
train | negation | 1 | The train wasn't late and the seats weren't dirty.
train | negation | 1 | In a year this laptop has never let us down.
train | negation | 1 | It isn't a waste of time.
train | negation | 1 | Nobody was rude to us.
train | negation | 1 | We never had to wait.
train | negation | 0 | There is not a funny page in this book.
train | negation | 0 | The new camera does not work.
train | negation | 0 | The kids did not want to stay.
train | negation | 0 | Nobody in the show made us laugh.
train | negation | 0 | I would not stay here again.
train | negation | 0 | It was not worth the money.
train | negation | 0 | The film isn't worth your time.
train | negation | 0 | The app never works when I want it.
train | negation | 0 | Nobody helped us with our bags.
train | negation | 0 | The waiter did not smile once.
train | negation | 0 | The soup wasn't warm and the bread wasn't fresh.
train | negation | 0 | We did not sleep well.
train | negation | 0 | I won't read it again.
train | negation | 0 | No view, no bath, no charm.
train | negation | 0 | I can't say one good word about this hotel.
train | negation | 0 | My mother never asked for more.
train | contrast | 1 | The walk to the hotel was long, but the view was worth it.
train | contrast | 1 | We had to wait, but the food was excellent.
train | contrast | 1 | The seats were cold, but we loved every song.
train | contrast | 1 | The cover looks dull, but I could not stop reading.
train | contrast | 1 | The bus was late, but the driver was so kind that we laughed about it.
train | contrast | 1 | I hated the first page and loved the rest.
train | contrast | 0 | The view was lovely, but we did not sleep well.
train | contrast | 0 | The cover looks great, but the story is a waste of time.
train | contrast | 0 | It worked well for a week, and then it broke.
train | contrast | 0 | The waiter had a smile for us, but the soup was cold.
train | contrast | 0 | I loved the first page and hated the rest.
train | contrast | 0 | Good food, but we had to wait two hours for it.
train | intensifier | 1 | By far the best soup in town!
train | intensifier | 1 | We laughed so much that the kids asked us to stop.
train | intensifier | 1 | Every single song is great.
train | intensifier | 1 | Really worth the money!
train | intensifier | 1 | I love, love, love these shoes.
train | intensifier | 1 | Never have I slept in such a comfortable bed.
train | intensifier | 0 | By far the worst soup in town!
train | intensifier | 0 | We had to wait so long that the kids cried.
train | intensifier | 0 | Every single song is bad.
train | intensifier | 0 | What a waste of money!
train | intensifier | 0 | I hate, hate, hate these shoes.
train | intensifier | 0 | Never have I slept in such a noisy room.
train | emoji | 1 | Two nights by the sea 😍
train | emoji | 1 | My mother made the soup from your book 😋
train | emoji | 1 | Best day of the year 🎉🎉
train | emoji | 1 | The new cover is here 👍👍
train | emoji | 1 | Coffee with a view ❤
train | emoji | 1 | Page one of the new novel 🤩
train | emoji | 0 | Two nights in this hotel 👎
train | emoji | 0 | They made the soup from your book 🤢
train | emoji | 0 | Worst day of the year 😡😡
train | emoji | 0 | The bus is late again 🙄
train | emoji | 0 | My laptop broke 💔
train | emoji | 0 | Page one of the new novel 😴
test | plain | 1 | The best film of the year.
test | plain | 1 | The kids loved the long walk by the sea.
test | plain | 1 | We laughed from start to end.
test | plain | 1 | The soup was warm and the waiter was kind.
test | plain | 0 | The worst coffee in town.
test | plain | 0 | The bed was broken and the room was cold.
test | plain | 0 | A waste of money.
test | plain | 0 | The guide was late and rude to the kids.
test | negation | 1 | No complaints about the room.
test | negation | 1 | We had no problems with the shop.
test | negation | 1 | The show is not a waste of time.
test | negation | 1 | The driver wasn't late and the bus wasn't dirty.
test | negation | 1 | There is not a dull song on this album.
test | negation | 1 | Nobody in the hotel was rude.
test | negation | 0 | The phone isn't worth the money.
test | negation | 0 | The kettle does not work.
test | negation | 0 | I would not read it again.
test | negation | 0 | Nobody helped us.
test | negation | 0 | The game never works when the kids want it.
test | negation | 0 | There is not a good song on this album.
test | contrast | 1 | The room was cold, but the view was worth it.
test | contrast | 1 | We had to wait two hours, but the dinner was excellent.
test | contrast | 0 | The room was lovely, but the bus to town was always late.
test | contrast | 0 | I loved the first song and hated the rest.
test | intensifier | 1 | By far the best show in town!
test | intensifier | 1 | We love, love, love this game.
test | intensifier | 0 | By far the worst show in town!
test | intensifier | 0 | We hate, hate, hate this game.
test | emoji | 1 | Coffee by the sea ❤
test | emoji | 1 | One night in this hotel 😍
test | emoji | 0 | The train is late again 😡
test | emoji | 0 | Two hours in this shop 🙄
unseen_negation | negation | 1 | I have yet to find a rude waiter in this town.
unseen_negation | negation | 1 | You could look for a dull page all day and find none.
unseen_negation | negation | 1 | Who says that the room is noisy? We do not.
unseen_negation | negation | 1 | The food is many things, but bland it is not.
unseen_negation | negation | 1 | As if this guide could ever be careless!
unseen_negation | negation | 0 | I have yet to find a polite waiter in this town.
unseen_negation | negation | 0 | You could look for a funny page all day and find none.
unseen_negation | negation | 0 | Who says that the room is quiet? We do not.
unseen_negation | negation | 0 | The food is many things, but tasty it is not.
unseen_negation | negation | 0 | As if this guide could ever be helpful!
"""

if __name__ == "__main__":
    sys.exit(main())
