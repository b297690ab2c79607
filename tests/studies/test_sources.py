"""What counts as a study's code: all that changes a number, and nothing that does not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap

import pytest
from project import ROOT

from mmcourse.studies.sources import sources

COURSE = {
    "mmcourse/__init__.py": '"""The course."""\n',
    "mmcourse/base/__init__.py": "",
    "mmcourse/base/checks.py": "def check(x):\n    return x\n",
    "mmcourse/engine/__init__.py": "from mmcourse.engine.many import fit_many, unused\n",
    "mmcourse/engine/many.py": """
        import numpy as np
        from torch import nn
        from mmcourse.engine.many_helper import step as one_step

        RATE, OTHER = 3e-3, 1
        TABLE = {}
        TABLE["sgd"] = RATE

        def fit_many(models: list[int], rate=RATE) -> float:
            \"\"\"Train.\"\"\"
            if not models:
                raise ValueError(f"models: got {models}, expected some")
            return one_step(nn.Linear, TABLE, np.zeros(3), rate)

        def unused(x):
            return x + 1
        """,
    "mmcourse/engine/many_helper.py": """
        def step(kind, table, start, rate):
            return f"{kind} {rate:.2f} at {start!r}"
        """,
    "mmcourse/datasets/__init__.py": "",
    "mmcourse/datasets/speech.py": """
        from mmcourse.base.checks import check

        FILE = "speech.npz"

        def load(split):
            \"\"\"Of photo.npz this says nothing.\"\"\"
            return check(FILE), split

        def features(split):
            return load(split), 2
        """,
    "mmcourse/rnn/__init__.py": "from mmcourse.rnn.cells import Cell\n",
    "mmcourse/rnn/cells.py": """
        class Base:
            size = 3

        class Cell(Base):
            def forward(self, x):
                return helper(x)

        def helper(x):
            return 2 * x
        """,
    "mmcourse/rnn/studies.py": """
        from mmcourse import engine
        from mmcourse.datasets import speech
        from mmcourse.rnn import Cell

        SEEDS = range(8)

        def recall_unit(cell: str, seed: int) -> dict:
            \"\"\"One.\"\"\"
            from mmcourse.datasets.speech import features

            # train
            return {"score": engine.fit_many([Cell()]), "n": len(speech.load("train")), "f": features("a")}

        def other_unit(seed):
            return {"score": other_helper(seed)}

        def other_helper(seed):
            return seed
        """,
    "data/checksums.json": json.dumps({"speech.npz": "b" * 64, "photo.npz": "a" * 64}),
}


@pytest.fixture
def course(tmp_path):
    """A small course of files; gives its folder."""
    for name, text in COURSE.items():
        place = tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(textwrap.dedent(text))
    return tmp_path


def reached(course, unit="recall_unit"):
    return sources("mmcourse.rnn.studies", unit, course)


def edit(course, name, old, new):
    place = course / "mmcourse" / name if not name.startswith("data/") else course / name
    text = place.read_text()
    assert text.count(old) == 1, (name, old, text)
    place.write_text(text.replace(old, new))
    os.utime(place, ns=(1, int(place.stat().st_mtime_ns) + 10**9))  # also where clocks are coarse


def test_what_a_unit_reaches(course):
    assert set(reached(course)) == {
        *("recall_unit", "fit_many", "step", "OTHER", "TABLE", "Cell", "Base", "helper"),
        *("load", "features", "FILE", "speech.npz", "imports"),
    }
    assert set(reached(course, "other_unit")) == {"other_unit", "other_helper"}
    assert reached(course)["speech.npz"] == "b" * 8


@pytest.mark.parametrize(
    "name, old, new",
    [
        ("rnn/studies.py", "# train", "# train well"),
        ("rnn/studies.py", '"""One."""', '"""One unit, told at length. See photo.npz."""'),
        ("rnn/studies.py", "[Cell()]), ", "[ Cell( ) ] ),\n        "),
        ("rnn/studies.py", "cell: str, seed: int) -> dict", "cell: object, seed: float) -> list"),
        ("rnn/studies.py", "return {\"score\": other_helper(seed)}", "return {}"),
        ("rnn/studies.py", "SEEDS = range(8)", "SEEDS = range(9)"),
        ("engine/many.py", "models: got {models}, expected some", "models: got none"),
        ("engine/many.py", "return x + 1", "return x + 2"),
        ("engine/many.py", '"""Train."""', ""),
        ("base/checks.py", "return x", "return 1 * x"),
        ("engine/many_helper.py", 'f"{kind} {rate:.2f} at {start!r}"', '(f"{kind} {rate:.2f}" f" at {start!r}")'),
        ("__init__.py", '"""The course."""', '"""The best course."""\nVERSION = 2'),
        ("data/checksums.json", "a" * 64, "c" * 64),
    ],
)  # fmt: skip
def test_what_changes_no_number_keeps_it_fresh(course, name, old, new):
    before = reached(course)
    edit(course, name, old, new)
    assert reached(course) == before


@pytest.mark.parametrize(
    "name, old, new, changed",
    [
        ("rnn/studies.py", '"score": engine', '"right": engine', "recall_unit"),
        ("engine/many.py", "RATE, OTHER = 3e-3, 1", "RATE, OTHER = 1e-2, 1", "OTHER"),
        ("engine/many.py", 'TABLE["sgd"] = RATE', 'TABLE["sgd"] = 2 * RATE', "TABLE"),
        ("engine/many.py", "np.zeros(3)", "np.zeros(4)", "fit_many"),
        ("engine/many.py", "rate=RATE", "rate=2 * RATE", "fit_many"),
        ("engine/many.py", "from torch import nn", "from torch import jit as nn", "imports"),
        ("engine/many_helper.py", "{rate:.2f}", "{rate:.3f}", "step"),
        ("rnn/cells.py", "return 2 * x", "return 3 * x", "helper"),
        ("rnn/cells.py", "size = 3", "size = 4", "Base"),
        ("rnn/cells.py", "return helper(x)", "return helper(x) + 1", "Cell"),
        ("datasets/speech.py", "return load(split), 2", "return load(split), 3", "features"),
        ("data/checksums.json", "b" * 64, "c" * 64, "speech.npz"),
    ],
)
def test_what_changes_a_number_makes_it_stale(course, name, old, new, changed):
    before = reached(course)
    edit(course, name, old, new)
    now = reached(course)
    assert [key for key in {*before, *now} if before.get(key) != now.get(key)] == [changed]


def test_it_is_the_same_in_every_process(course):
    script = "import json, sys; from mmcourse.studies.sources import sources; from pathlib import Path; "
    script += "print(json.dumps(sources('mmcourse.rnn.studies', 'recall_unit', Path(sys.argv[1]))))"
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", script, course], cwd=ROOT, env=env, capture_output=True, text=True)
        assert json.loads(done.stdout) == reached(course), done.stderr


def test_a_definition_may_move(course):
    before = reached(course)
    edit(course, "rnn/cells.py", "def helper(x):\n    return 2 * x\n", "")
    edit(course, "rnn/cells.py", "class Base:", "from mmcourse.rnn.parts import helper\n\nclass Base:")
    (course / "mmcourse/rnn/parts.py").write_text("def helper(x):\n    return 2 * x\n")
    assert reached(course) == before


def test_statements_without_a_name_count(course):
    before = reached(course)
    edit(course, "rnn/cells.py", "class Base:", "print('loaded')\n\nclass Base:")
    assert set(reached(course)) - set(before) == {"mmcourse.rnn.cells"}


def test_a_module_as_a_value_counts_whole(course):
    edit(course, "rnn/studies.py", "return seed", "return [seed, speech]")
    assert {"load", "features", "FILE", "other_unit"} <= set(reached(course, "other_unit"))


def test_a_circle_ends(course):
    edit(course, "rnn/cells.py", "return 2 * x", "return Cell().forward(x)")
    assert {"Cell", "helper"} <= set(reached(course))


def test_an_unknown_module_is_named(course):
    with pytest.raises(ValueError, match="module: got 'mmcourse.rnn.stories'"):
        sources("mmcourse.rnn.stories", "unit", course)
