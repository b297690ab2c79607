"""The store of studies: what comes back is what was found, whatever stops a run."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from project import ROOT

from mmcourse.base.files import how_to_restore
from mmcourse.studies import StudyError, UnitFailed, compute_missing, grid, jobs_for, store
from mmcourse.studies.plain import differences, plain_value
from mmcourse.studies.result import _told
from mmcourse.studies.workers import by_several_processes

SCRIPT = Path(__file__).with_name("sample.py")
_spec = importlib.util.spec_from_file_location("tests.studies.sample", SCRIPT)
sample = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(sample)


@pytest.fixture
def small(tmp_path, monkeypatch):
    """The small study, nothing computed yet, in a folder of its own."""
    monkeypatch.setattr(store, "FOLDER", tmp_path)
    monkeypatch.setattr("mmcourse.studies.study.sources", sample.no_sources)
    sample.PAUSE["seconds"] = 0.0
    sample.CALLS.clear()
    return sample.make()


def computed(study, **options):
    """How many units a run computed."""
    return compute_missing(study, **options).computed


# ---------------------------------------------------------------- round trip


def test_what_was_found_comes_back(small):
    assert small.state() == "missing" and computed(small) == 8 and small.state() == "fresh"
    found = small.load()
    assert len(found) == 8 and found.arguments == ("kind", "seed") and found.values("kind") == ["a", "bb"]
    assert found.where(kind="bb")["score"] == [0.666667, 1.0, 1.33333, 1.66667], "six significant digits"
    row = found.one(kind="a", seed=3)
    assert row == {"kind": "a", "seed": 3, "score": 1.33333, "curve": [0.428571, 1.0], "word": "A"}
    assert [row["seed"] for row in found] == found["seed"] == [0, 1, 2, 3] * 2
    said = repr(found)
    assert "study sample/small --fresh" in said and "8 units by kind (2), seed (4); computed" in said


def test_the_same_numbers_give_the_same_bytes(small):
    assert compute_missing(small).saved
    first = store.store_path(small.name).read_bytes()
    again = compute_missing(small, fresh=True)
    assert again.computed == 8 and not again.saved and store.store_path(small.name).read_bytes() == first
    backwards = sample.make(units=small.units[::-1])
    computed(backwards, fresh=True)
    lines, others = first.decode().splitlines(), store.store_path(small.name).read_text().splitlines()
    assert sorted(line.strip(",") for line in lines) == sorted(line.strip(",") for line in others)
    assert sum('"at"' in line for line in lines) == 8, "one unit a line"
    assert json.loads(first)["fixed"] == {"size": 7} and "torch" in json.loads(first)["computed"][0]
    assert str(ROOT) not in first.decode()


def test_nothing_is_computed_twice(small):
    computed(small)
    sample.CALLS.clear()
    assert computed(small) == 0 and not sample.CALLS


def test_more_units_are_added_and_fewer_forgotten(small):
    computed(small)
    more = sample.make(units=grid(kind=("a", "bb"), seed=range(6)))
    assert more.state() == "incomplete 8/12" and computed(more) == 4 and more.state() == "fresh"
    assert len(more.load()) == 12 and small.state() == "fresh" and len(small.load()) == 8
    assert computed(small) == 0 and len(store.read_store(small.name).units) == 8


def test_other_sizes_or_other_code_make_it_stale(small, monkeypatch):
    computed(small)
    larger = sample.make(fixed={"size": 8})
    assert larger.state() == "stale" and larger.changed() == ["size"]
    assert "stale: the code has changed since" in repr(larger.load()), "the old numbers can still be seen"
    monkeypatch.setattr("mmcourse.studies.study.sources", lambda module, name: {"unit": "0", "helper": "1"})
    assert small.state() == "stale" and small.changed() == ["helper", "unit"]
    assert computed(small) == 8 and small.state() == "fresh"


# ---------------------------------------------------------------- stops of all kinds


def stop_after(number):
    def stop(done, _total):
        if done == number:
            raise KeyboardInterrupt

    return stop


@pytest.mark.parametrize("fresh", [False, True])
def test_a_stopped_run_goes_on(small, fresh):
    if fresh:
        computed(small)
    whole = store.store_path(small.name).read_bytes() if fresh else None
    with pytest.raises(KeyboardInterrupt):
        compute_missing(small, fresh, stop_after(3))
    assert small.state() == ("fresh" if fresh else "incomplete 3/8")
    if fresh:
        assert store.store_path(small.name).read_bytes() == whole, "the old store stays until the new one is whole"
    else:
        with pytest.raises(StudyError, match="not there. Compute it .* python3 -m mmcourse study sample/small"):
            small.load()
    assert computed(small, fresh=fresh) == 5 and small.state() == "fresh"
    assert not list(store.FOLDER.rglob("*.part*"))


def test_an_interrupt_that_the_unit_swallows_still_stops(small):
    def deaf(kind: str, seed: int, size: int) -> dict[str, object]:
        try:
            os.kill(os.getpid(), signal.SIGINT) if seed == 2 else None
            time.sleep(0.01)
        except KeyboardInterrupt:
            pass
        return {"score": 0.5}  # as a half-trained model would have

    deaf.__qualname__ = "deaf"
    study = sample.make(unit=deaf)
    with pytest.raises(KeyboardInterrupt):
        compute_missing(study)
    assert study.state() == "incomplete 2/8"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_other_code_makes_what_was_begun_useless(small):
    with pytest.raises(KeyboardInterrupt):
        compute_missing(small, on_unit=stop_after(3))
    assert sample.make(fixed={"size": 8}).state() == "missing"
    assert computed(sample.make(fixed={"size": 8})) == 8


def test_a_failing_unit_keeps_those_before_it(small):
    def fails(kind: str, seed: int, size: int) -> dict[str, object]:
        if (kind, seed) == ("bb", 1):
            raise ValueError("labels: got none")
        return {"score": 1.0}

    fails.__qualname__ = "fails"
    with pytest.raises(ValueError, match="labels: got none"):
        compute_missing(sample.make(unit=fails))
    assert sample.make(unit=fails).state() == "incomplete 5/8"


def start(folder, seconds=0.15, *words):
    """The sample computed by another process."""
    command = [sys.executable, SCRIPT, folder, str(seconds), *words]
    env = {**os.environ, "SAMPLE_PAUSE": str(seconds), "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals differ there")
@pytest.mark.parametrize("wait", [0.0, 0.1])
def test_a_kill_loses_at_most_the_unit_under_way(small, tmp_path, wait):
    process = start(tmp_path)
    done = 0
    while done < 3:
        done = int(process.stdout.readline().split()[0])
    time.sleep(wait)
    process.kill()  # -9, which nothing can catch
    process.communicate(timeout=60)
    assert small.state() in ("incomplete 3/8", "incomplete 4/8"), "what was reported is kept"
    kept = int(small.state()[11])
    assert computed(small) == 8 - kept and small.state() == "fresh"


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals differ there")
def test_a_kill_of_several_processes_loses_nothing_for_the_others_finish(small, tmp_path):
    process = start(tmp_path, 1.0, "--jobs")
    while int(process.stdout.readline().split()[0]) < 3:
        pass
    time.sleep(0.3)  # each has its next unit
    process.kill()
    process.communicate(timeout=60)
    until = time.monotonic() + 20
    while not small.state().startswith(("incomplete 6", "incomplete 7")) and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(1.5)  # a slow kill: one of the others may have begun one more
    kept = int(small.state()[11])
    assert kept >= 6, "three were there, three were under way"
    assert computed(small) == 8 - kept and small.state() == "fresh" and len(small.load()) == 8
    assert not store.Unfinished(small.name).path.exists()


def test_a_line_that_was_cut_is_computed_again(small):
    with pytest.raises(KeyboardInterrupt):
        compute_missing(small, on_unit=stop_after(4))
    path = store.Unfinished(small.name).path
    whole = path.read_bytes()
    for cut in (1, 20, len(whole.splitlines()[-1]) - 1):
        path.write_bytes(whole[:-cut] if cut > 1 else whole[:-2])
        assert small.state() == "incomplete 3/8"
    path.write_bytes(whole[:-20] + b"\xff\x00")
    assert computed(small) == 5 and small.state() == "fresh" and len(small.load()) == 8


# ---------------------------------------------------------------- damaged stores, two processes


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\x00\x80",
        b"[]",
        b"null",
        b'{"study": "sample/small"}',
        b'{"study": "sample/other", "computed": [], "fingerprint": "", "fixed": {}, "sources": {}, "units": []}',
        b'{"study": "sample/small", "computed": [], "fingerprint": "", "fixed": {}, "sources": {}, "units": [1]}',
        b'{"study": "sample/small", "computed": [], "fingerprint": 3, "fixed": {}, "sources": {}, "units": []}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_store_is_set_aside(small, content):
    path = store.store_path(small.name)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert small.state() == "damaged"
    restore = re.escape(how_to_restore("data/studies/sample/small.json"))
    with pytest.raises(StudyError, match=f"small.json is damaged; {restore}  or compute it: python3 -m mmcourse study"):
        small.load()
    assert path.read_bytes() == content, "looking changes nothing"
    outcome = compute_missing(small)
    assert outcome.aside.read_bytes() == content and outcome.computed == 8 and small.state() == "fresh"


@pytest.mark.slow
def test_a_second_process_is_told_to_wait(small, tmp_path):
    first = start(tmp_path, 0.2)
    assert first.stdout.readline() == "0 8\n"
    with pytest.raises(StudyError, match="Another process is computing sample/small just now"):
        compute_missing(small)
    out, error = first.communicate(timeout=60)
    assert first.returncode == 0, error
    assert out.splitlines()[-1] == "8 8" and len(small.load()) == 8


def test_runs_that_begin_together_leave_a_whole_store(small):
    sample.PAUSE["seconds"], done, busy = 0.01, [], []

    def work():
        try:
            done.append(computed(small))
        except StudyError:
            busy.append(True)

    workers = [threading.Thread(target=work) for _ in range(4)]
    [worker.start() for worker in workers], [worker.join(60) for worker in workers]
    assert sum(done) == 8 and len(done) + len(busy) == 4
    assert small.state() == "fresh" and len(small.load()) == 8


@pytest.mark.slow
def test_several_processes_compute_the_same_bytes(small):
    computed(small)
    alone = store.store_path(small.name).read_bytes()
    both = compute_missing(small, fresh=True, jobs=2)
    assert both.computed == 8 and store.store_path(small.name).read_bytes() == alone and not sample.CALLS[8:]


@pytest.mark.slow
def test_what_fails_in_another_process_is_told(small, tmp_path):
    with pytest.raises(UnitFailed, match="ZeroDivisionError: division by zero"):
        list(by_several_processes(sample.BAD, sample.BAD.units[:2], 2, tmp_path / "bad.part.jsonl", "1234"))


@pytest.mark.parametrize(
    "units, device, wanted, most",
    [(1, "cpu", None, 1), (100, "cuda", None, 1), (100, "cpu", 3, 3), (100, "cpu", None, 8)],
)
def test_as_many_processes_as_cores_and_no_more_than_units(units, device, wanted, most):
    assert 1 <= jobs_for(units, device, wanted) <= most


# ---------------------------------------------------------------- live


def test_one_unit_runs_live_beside_the_stored(small):
    computed(small)
    sample.CALLS.clear()
    live = small.live()
    assert live.now == live.stored and sample.CALLS == [0] and live.differs() == []
    assert repr(live).splitlines() == [
        "sample/small at kind='a', seed=0",
        "        now     stored",
        "score   0.333   0.333",
        "curve   0, 1    0, 1",
        "word    A       A",
    ]
    other = small.live(seed=9, size=3)
    assert other.stored is None and other.now["curve"] == [3.0, 1.0] and "not in the study" in repr(other)
    assert small.live(seed=2, size=7).stored is not None, "the study's own size may be said"
    with pytest.raises(TypeError, match="units: got kind='a', seed=0, sead=1"):
        small.live(sead=1)


@pytest.mark.parametrize(
    "value, words",
    [
        (0.12345, "0.123"),
        (7, "7"),
        ([1, 2.5], "1, 2.5"),
        ([0.5] * 8, "0.5 (mean of 8)"),
        ([[0.0, 1.0, 0.5]] * 4, "0.5 (mean of 4 × 3)"),
        ([[1], [1, 2]], "1, 1, 2"),
        (["a"] * 5, "a, a, a, a, … (5)"),
        ({"near": 0.5, "far": None}, "near: 0.5, far: None"),
        ([], ""),
    ],
)
def test_many_numbers_are_told_by_their_mean(value, words):
    assert _told(value) == words


def test_bands_are_coarse():
    assert differences({"a": [0.5, 100]}, {"a": [0.59, 109]}, 0.1) == []
    assert differences({"a": [0.5, 100]}, {"a": [0.61, 100]}, 0.1) == ["a[0]: 0.5 now, 0.61 stored"]
    assert differences({"a": "x"}, {"a": "y"}, 9) and differences([1], [1, 2], 9) and differences({}, {"a": 1}, 9)
    assert differences(None, 0.0, 1) and not differences(True, True, 0.1)


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    "error, words, changes",
    [
        (ValueError, "name: got 'small', expected lesson/study", {"name": "small"}),
        (TypeError, "unit: got .*expected a function from the top", {"unit": lambda kind, seed, size: {}}),
        (TypeError, "unit: got", {"unit": print}),
        (TypeError, "units: got kind='a', colour=1", {"units": [{"kind": "a", "colour": 1}]}),
        (TypeError, "units: got kind='a', expected", {"units": [{"kind": "a"}]}),
        (ValueError, "units: got none, or the same", {"units": []}),
        (ValueError, "units: got none, or the same", {"units": [{"kind": "a", "seed": 1}] * 2}),
        (ValueError, "quick: got", {"quick": {"kind": "a", "seed": 99}}),
        (ValueError, "minutes: got -1", {"minutes": -1}),
        (TypeError, r"fixed\['size'\]: got set", {"fixed": {"size": {1}}}),
    ],
)
def test_a_study_that_cannot_work_is_refused(error, words, changes):
    with pytest.raises(error, match=words):
        sample.make(**changes)


@pytest.mark.parametrize("found", [[1.0], {"seed": 3}, {"score": float("nan")}, {"score": object()}, {"size": 1}])
def test_a_unit_must_give_plain_numbers(small, found):
    def gives(kind: str, seed: int, size: int) -> dict[str, object]:
        return found

    gives.__qualname__ = "gives"
    with pytest.raises((TypeError, ValueError), match="sample/small"):
        compute_missing(sample.make(unit=gives))


def test_a_tensor_is_told_what_to_do():
    with pytest.raises(TypeError, match=r"x\['loss'\]\[1\]: got set, expected plain numbers.*\.tolist\(\)"):
        plain_value({"loss": [1.0, {2}]}, "x")


@pytest.mark.parametrize(
    "words, call",
    [
        ("kind: got 'c', expected one of 'a', 'bb'", lambda found: found.where(kind="c")),
        ("name: got 'colour', expected one of kind, seed", lambda found: found["colour"]),
        (r"arguments: got kind='a', which 4 units have; say \['seed'\]", lambda found: found.one(kind="a")),
    ],
)
def test_a_wrong_question_is_named(small, words, call):
    computed(small)
    with pytest.raises(ValueError, match=words):
        call(small.load())
