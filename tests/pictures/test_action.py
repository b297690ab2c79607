"""Action and Progress: longer work with a bar, that can be stopped."""

from __future__ import annotations

import threading

import pytest

from mmcourse.pictures import Action, Progress


def test_an_action_runs_its_work_and_hands_on_the_result():
    results = []

    def work(report):
        report(0.5, "half")
        return 42

    action = Action("train", work, results.append)
    assert action.press() is True
    action.wait(10)
    assert results == [42] and not action.busy
    assert (action.start.disabled, action.stop.disabled) == (False, True)
    assert repr(action) == "[button: train]"


class Slow:
    """Work that waits until the test lets it go on."""

    def __init__(self):
        self.started, self.go, self.runs, self.results = threading.Event(), threading.Event(), 0, []
        self.action = Action("train", self.work, self.results.append)

    def work(self, report):
        self.runs += 1
        self.started.set()
        assert self.go.wait(10)
        report(0.9, "<i>nearly</i>")
        return "done"

    def begin(self):
        assert self.action.press() and self.started.wait(10)


def test_a_second_press_while_it_runs_does_nothing():
    slow = Slow()
    slow.begin()
    assert slow.action.busy and slow.action.start.disabled and not slow.action.stop.disabled
    assert [slow.action.press() for _again in range(5)] == [False] * 5
    slow.action.start.click()
    slow.go.set()
    slow.action.wait(10)
    assert slow.runs == 1 and slow.results == ["done"]
    assert slow.action.words.value == "&lt;i&gt;nearly&lt;/i&gt;"
    slow.begin()
    slow.action.wait(10)
    assert slow.runs == 2


def test_stop_drops_the_result_and_the_next_run_is_free():
    slow = Slow()
    slow.begin()
    slow.action.stop.click()
    slow.go.set()
    slow.action.wait(10)
    assert slow.results == [] and "Stopped" in slow.action.words.value and not slow.action.busy
    assert slow.action.press()
    slow.action.wait(10)
    assert slow.results == ["done"]


def test_an_error_in_the_work_is_shown_escaped():
    def work(_report):
        raise ValueError("<script>no</script>")

    action = Action("train", work, lambda _result: None)
    action.press()
    action.wait(10)
    assert "&lt;script&gt;" in action.words.value and "<script>" not in action.words.value
    assert not action.busy and not action.start.disabled


def test_an_error_after_the_work_is_shown_too():
    action = Action("train", lambda _report: 1, lambda result: result / 0)
    action.press()
    action.wait(10)
    assert "ZeroDivisionError" in action.words.value and not action.busy


def test_progress_of_an_action_never_goes_back():
    def work(report):
        for fraction in (0.2, 0.6, 0.4, 1.0):
            report(fraction, "on")

    action, seen = Action("train", work, lambda _result: None), []
    action.bar.observe(lambda change: seen.append(change["new"]), names="value")
    action.press()
    action.wait(10)
    assert seen == sorted(seen) and seen[-1] == 1.0
    action.press()
    action.wait(10)
    assert action.bar.value == 1.0 and 0.0 in seen, "a new run starts again from nothing"


def test_waiting_too_long_is_an_error():
    slow = Slow()
    slow.begin()
    with pytest.raises(TimeoutError, match="still running"):
        slow.action.wait(0.01)
    slow.go.set()
    slow.action.wait(10)


def test_a_progress_bar_follows_and_says_how_it_ended():
    with Progress("training") as bar:
        bar(3, 12)
        assert bar.bar.value == 0.25
        bar(12, 12, "history")
    assert bar.label.value == "training: done" and bar.bar.bar_style == "success"
    assert repr(bar) == "[progress: training]"


def test_an_interrupted_progress_bar_says_so():
    bar = Progress("training")
    with pytest.raises(KeyboardInterrupt), bar:
        raise KeyboardInterrupt
    assert bar.label.value == "training: interrupted"
