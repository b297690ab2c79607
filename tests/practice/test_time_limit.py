"""Endless loops are stopped, and nothing strikes later; the stop button passes through."""

import _thread
import signal
import threading
import time

import pytest
from samples import checked

from mmcourse.practice.checker import CheckStopped
from mmcourse.practice.exercise import Mistake
from mmcourse.practice.time_limit import TimeUp, call_within


def plain_loop(p, q):
    while True:
        pass


def swallowing_loop(p, q):
    while True:
        try:
            sum([1] * 10)
        except:  # noqa: E722
            pass


def sleeping_loop(p, q):
    while True:
        try:
            time.sleep(0.001)
        except BaseException:
            continue


def swallowing_twice(p, q):
    while True:
        try:
            while True:
                try:
                    time.sleep(0.001)
                except:  # noqa: E722
                    pass
        except:  # noqa: E722
            pass


@pytest.mark.parametrize("loop", [plain_loop, swallowing_loop, sleeping_loop, swallowing_twice])
def test_endless_loops_are_stopped_and_said(loop):
    report = checked(loop)
    assert report.state == "failed" and "ran too long" in report.text and "two opinions" in report.text


def test_on_a_busy_computer_a_call_that_gets_no_turn_is_given_time():
    """Two seconds of the clock are soon over where other programs compute; a right answer is not too slow for that."""
    assert call_within(0.5, lambda: time.sleep(0.7) or "done") == "done"
    begun = time.perf_counter()
    with pytest.raises(TimeUp):
        call_within(0.1, sleeping_loop_that_ends)
    assert time.perf_counter() - begun > 0.3, "four times as many seconds"


def test_one_that_computes_gets_the_limit_and_no_more(monkeypatch):
    moments = iter(range(100))  # each look at the clock finds another second computed
    monkeypatch.setattr(time, "process_time", lambda: next(moments))
    with pytest.raises(TimeUp):
        call_within(0.1, sleeping_loop_that_ends)
    assert next(moments) == 2, "looked at when it began and once after the limit"


def sleeping_loop_that_ends():
    for _ in range(1000):
        time.sleep(0.002)


def test_a_mistake_may_be_an_endless_loop():
    assert checked(swallowing_loop, mistakes=[Mistake("never ends", plain_loop, "Count up.")]).mistake == "never ends"


def test_nothing_strikes_after_the_function_returned():
    for i in range(60):  # ends right when the limit is reached
        seconds = 0.004
        end = time.perf_counter() + seconds - 0.0005 + 0.00002 * i
        try:
            call_within(seconds, lambda end=end: [None for _ in iter(lambda: time.perf_counter() < end, False)])
        except TimeUp:
            pass
    assert sum(range(200_000)) == 19999900000  # a pending exception would strike here
    assert not [t for t in threading.enumerate() if t.name == "mmcourse-time-limit"]


def test_the_limit_works_in_another_thread_too():
    reports = []
    thread = threading.Thread(target=lambda: reports.append(checked(plain_loop)))
    thread.start()
    thread.join(10)
    assert "ran too long" in reports[0].text


def test_the_stop_button_passes_through_with_one_sentence():
    def stopped(p, q):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        checked(stopped)
    assert isinstance(caught.value, CheckStopped)
    assert caught.value._render_traceback_() == ["✗ product: you stopped the check. Nothing was judged."]


@pytest.mark.skipif(threading.current_thread() is not threading.main_thread(), reason="signals reach the main thread")
def test_a_real_interrupt_stops_a_running_check():
    running = threading.Event()

    def press_stop():  # once the learner's function runs, however slow the machine
        assert running.wait(15)
        _thread.interrupt_main()

    def endless(p, q):
        running.set()
        while True:
            pass

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job starts without it
    try:
        threading.Thread(target=press_stop, daemon=True).start()
        with pytest.raises(CheckStopped):
            checked(endless, seconds=20)
    finally:
        signal.signal(signal.SIGINT, before)
    assert not [t for t in threading.enumerate() if t.name == "mmcourse-time-limit"]
