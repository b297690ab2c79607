"""The sentence that notebook 06 carries through one block by hand: each number on the page, computed without torch."""

from __future__ import annotations

import math
import re

import nbformat
import pytest
from project import ROOT

WORDS = "the crosses left of the ring … red".split()
THING, NUMBER, VERB = ([int(w in ws) for w in WORDS] for ws in (("crosses", "ring"), ("crosses",), ("…",)))
NUMBER = [several - (word == "ring") for several, word in zip(NUMBER, WORDS, strict=True)]
EARLY = [1 - t / 5 for t in range(8)]


@pytest.fixture(scope="module")
def page():
    notebook = nbformat.read(next((ROOT / "notebooks").glob("06_*.ipynb")), as_version=4)
    return {cell.id: cell.source.replace("−", "-") for cell in notebook.cells}


def numbers(text):
    return [float(one) for one in re.findall(r"-?\d*\.?\d+", text)]


def normed(row):
    mean = sum(row) / len(row)
    root = math.sqrt(sum((one - mean) ** 2 for one in row) / len(row))
    return mean, root, [(one - mean) / root for one in row]


def test_the_words_are_the_table_of_the_page(page):
    rows = {line.split("|")[1].strip(): line.split("|")[2:-1] for line in page["06-61c"].splitlines() if "|" in line}
    assert [one.strip() for one in rows["word"]] == WORDS
    for name, wanted in (("thing", THING), ("number", NUMBER), ("verb", VERB), ("early", EARLY)):
        assert [float(one) for one in rows[name]] == pytest.approx(wanted), name


def test_scores_shares_and_mix_are_those_of_the_page(page):
    scores = [3 * (a + b) for a, b in zip(THING, EARLY, strict=True)]
    powers = [math.exp(one) for one in scores]
    shares = [one / sum(powers) for one in powers]
    rows = [line.split("|")[2:-1] for line in page["06-61g"].splitlines() if line.startswith("|")][2:]
    for row, *wanted in zip(rows, THING, EARLY, scores, powers, shares, NUMBER, strict=True):
        found = numbers(" ".join(row))
        assert found[:3] + found[5:] == pytest.approx(wanted[:3] + wanted[5:])
        assert found[3] == pytest.approx(wanted[3], abs=0.051) and found[4] == pytest.approx(wanted[4], abs=0.00051)
    assert f"{sum(powers):.1f}" in page["06-61g"]
    mix = sum(a * b for a, b in zip(shares, NUMBER, strict=True))
    assert f"= {mix:.3f}".replace("0.", ".") in page["06-61i"]


def test_norm_mlp_and_logits_are_those_of_the_page(page):
    powers = [math.exp(3 * (a + b)) for a, b in zip(THING, EARLY, strict=True)]
    mix = sum(a * b for a, b in zip(powers, NUMBER, strict=True)) / sum(powers)
    mean, root, y = normed([0, mix, 1, -0.2])
    told = page["06-61i"].partition("**7.")[2]
    for one in (f"{mean:.3f}", f"{root:.3f}", *(f"{number:.2f}" for number in y)):
        assert one.replace("0.", ".") in told
    units = y[1] + y[2], y[2] - y[1]
    written = [0, units[0] - units[1], units[0] + units[1], 0]
    z = normed([a + b for a, b in zip(y, written, strict=True)])[2]
    for one in (*units, *written[1:3], *(a + b for a, b in zip(y, written, strict=True)), *z):
        assert f"{one:.2f}".replace("0.", ".") in page["06-61k"], one
    for logit in (z[2] + z[1], z[2] - z[1]):
        assert f"{logit:.2f}".replace("0.", ".") in page["06-61m"]
    assert z[2] + z[1] > max(z[2] - z[1], 0, *(z[0] + sign * z[1] for sign in (1, -1)))
