"""A stop while several models are trained ends all of it with one sentence, and names what was finished before."""

import ast
import threading

import nbformat
import pytest
import torch
from project import NOTEBOOKS, ROOT, dotted, modules, short, tree
from small_models import close, data, interrupt_after, mlp

from mmcourse.engine import TrainingStopped, finished, fit_many, stop_ends_all
from mmcourse.pictures import Progress
from mmcourse.training import fit


def press_stop(*_any):
    raise KeyboardInterrupt


def test_a_stopped_comparison_says_one_sentence_that_names_what_was_finished():
    runs = {}
    with pytest.raises(TrainingStopped) as caught, stop_ends_all(runs):
        for rate in (0.01, 0.1, 1.0):
            stop = press_stop if rate == 0.1 else None
            runs[rate] = fit(mlp(), data(), lr=rate, epochs=2, callback=stop)
    assert list(runs) == list(caught.value.finished) == list(finished()) == [0.01]
    said = "Stopped: nothing half-trained is compared; finished before, and kept: 0.01."
    assert caught.value._render_traceback_() == [str(caught.value)] == [said]


def test_inside_a_comparison_an_interrupted_model_is_as_it_was_before():
    model, before = mlp(), mlp()
    with pytest.raises(TrainingStopped), stop_ends_all():
        fit(model, data(), data(), epochs=9, lr=0.1, callback=interrupt_after(4))
    assert close(model, before, atol=0)
    history = fit(model, data(), epochs=9, callback=interrupt_after(4))  # afterwards a single one keeps what it has
    assert history.interrupted and len(history.train_loss) == 4


def test_nothing_finished_and_much_finished_are_told():
    with pytest.raises(TrainingStopped, match="nothing was finished yet"), stop_ends_all():
        press_stop()
    assert finished() == {}
    with pytest.raises(TrainingStopped, match="0, 1, .*, 11 and 18 more"), stop_ends_all() as many:
        many.update(dict.fromkeys(range(30)))
        press_stop()


def test_a_comparison_inside_another_names_both():
    with pytest.raises(TrainingStopped) as caught, stop_ends_all() as worlds:
        worlds["redundant"] = 1
        with stop_ends_all() as kinds:
            kinds["image"] = 2
            fit_many([mlp()], data(), callback=press_stop)
    assert caught.value.finished == {"redundant": 1, "image": 2} == finished()
    assert "redundant, image" in str(caught.value) and "finished()" in str(caught.value)


def test_errors_pass_and_leave_no_trace():
    with pytest.raises(ZeroDivisionError), stop_ends_all():
        _ = 1 / 0
    assert fit(mlp(), data(), callback=press_stop).interrupted


def test_another_thread_is_not_inside_the_comparison():
    found = []
    with stop_ends_all():
        thread = threading.Thread(target=lambda: found.append(fit(mlp(), data(), callback=press_stop).interrupted))
        thread.start(), thread.join()
    assert found == [True]


# ---------------------------------------------------------------- the bar


@pytest.mark.parametrize("when", ["before", "between"])
def test_a_bar_over_a_single_model_does_not_say_done(when):
    def loss(outputs, labels):
        if when == "before":
            raise KeyboardInterrupt
        return torch.nn.functional.cross_entropy(outputs, labels)

    with Progress("one network") as bar:
        history = fit(mlp(), data(), epochs=4, loss=loss, callback=bar if when == "before" else interrupt_after(2))
    assert history.interrupted and bar.label.value == "one network: interrupted"


def test_a_bar_over_several_ends_the_cell_with_one_sentence():
    for work in (press_stop, lambda: fit_many([mlp()], data(), callback=press_stop)):
        with pytest.raises(TrainingStopped), Progress("several") as bar:
            work()
        assert bar.label.value == "several: interrupted"
    with Progress("another") as bar:
        bar(1)
    assert bar.label.value == "another: done"


# ---------------------------------------------------------------- every place that trains several in a row


def unguarded(node: ast.Module, everywhere: bool) -> list[str]:
    """Calls of ``fit`` outside ``with stop_ends_all(...)`` that stand in a loop, or ``everywhere``."""
    guarded, looped = set(), set()
    for part in ast.walk(node):
        inside = {id(inner) for inner in ast.walk(part)}
        if isinstance(part, ast.With) and any("stop_ends_all" in ast.unparse(item) for item in part.items):
            guarded |= inside
        if isinstance(part, ast.Try):  # refused before it starts
            guarded |= inside
        if isinstance(part, ast.For | ast.While | ast.ListComp | ast.DictComp | ast.GeneratorExp):
            looped |= inside
    return [
        f"line {part.lineno}: {ast.unparse(part)[:60]}"
        for part in ast.walk(node)
        if isinstance(part, ast.Call)
        and dotted(part.func).split(".")[-1] == "fit"
        and "sklearn" not in ast.unparse(node)
        and id(part) not in guarded
        and (everywhere or id(part) in looped)
    ]


def test_no_lesson_drops_the_history_of_a_fit_that_may_have_been_stopped():
    found = {short(path): unguarded(tree(path), everywhere=True) for path in modules()}
    assert not {path: calls for path, calls in found.items() if calls}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_cell_goes_on_with_the_next_model_after_a_stop(path):
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    found = [call for cell in cells for call in unguarded(ast.parse(cell.source), everywhere=False)]
    assert not found, "train them inside `with stop_ends_all() as runs:`"


def test_an_unguarded_loop_is_found():
    loop = "for rate in rates:\n    runs[rate] = fit(model, train, lr=rate)"
    assert unguarded(ast.parse(loop), everywhere=False)
    assert unguarded(ast.parse("[fit(m, train) for m in models]"), everywhere=False)
    assert not unguarded(ast.parse("fit(model, train)"), everywhere=False)
    assert unguarded(ast.parse("fit(model, train)"), everywhere=True)
    guard = "with stop_ends_all() as runs:\n" + "\n".join("    " + line for line in loop.splitlines())
    assert not unguarded(ast.parse(guard), everywhere=True) and ROOT.is_dir()
