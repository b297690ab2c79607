"""A stop while several models are trained ends all of it with one sentence, and names what was finished before."""

import ast
import re
import threading

import nbformat
import pytest
import torch
from project import NOTEBOOKS, dotted, modules, short, tree
from small_models import close, data, interrupt_after, mlp

from mmcourse import fusion_levels
from mmcourse.attention import WordEncoder
from mmcourse.attention.studies import label_curve
from mmcourse.engine import TrainingStopped, finished, fit_many, generator, many, stop_ends_all
from mmcourse.fusion_levels import train_kinds
from mmcourse.fusion_levels.studies import train_lab
from mmcourse.fusion_operators.studies import train_shares
from mmcourse.modalities.studies import motion_scores
from mmcourse.pictures import Progress
from mmcourse.text.studies import tagging_scores, train_readers
from mmcourse.training import fit, loop
from mmcourse.training.studies import STRENGTHS, hold_back


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


FEW = generator(0)


def pairs(count=30):
    x = torch.randn(count, 6, generator=generator(1))
    return {"image": x[:, :3], "audio": x[:, 3:]}, x[:, 0].gt(0).long()


# What trains several kinds in a row, small, and the kind that is finished when the stop comes in the second.
PLACES = {
    "train_kinds": (lambda: train_kinds(pairs(), classes=2, budget=300, seeds=range(2)), "image"),
    "train_lab": (lambda: train_lab(seeds=range(2)), "image"),
    "train_shares": (lambda: train_shares(("sum", "gated"), seeds=range(2), size=40), "sum"),
    "hold_back": (lambda: hold_back(0, range(2), strengths={m: s[:1] for m, s in STRENGTHS.items()}), "L2 0.003"),
    "train_readers": (lambda: train_readers(seeds=range(2)), "bag of words"),
    "tagging_scores": (lambda: tagging_scores(reaches=(0, 2), seeds=range(2)), "0"),
    "label_curve": (
        lambda: label_curve(
            lambda seed: WordEncoder(20, 8, size=8, heads=2, depth=1, seed=seed),
            *[(torch.randint(1, 20, (40, 8), generator=FEW), torch.arange(40) % 2)] * 2,
            (10, 30),
            lr=0.01,
            seeds=2,
        ),
        "10",
    ),
    "motion_scores": (motion_scores, "one frame"),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_stop_ends_the_comparison_wherever_it_comes(place, monkeypatch):
    """The first kind goes through without learning, then somebody presses stop."""
    call, done = PLACES[place]
    seen = []

    def epoch(step, train, batch_size, orders):
        seen.extend(stack for stack in [step.__self__] if stack not in seen)
        if len(seen) > 1:
            raise KeyboardInterrupt
        return torch.zeros(len(orders))

    monkeypatch.setattr(many, "one_epoch", epoch)
    with Progress(place) as bar, pytest.raises(TrainingStopped) as caught:
        call()
    assert len(seen) == 2 and finished() == caught.value.finished != {}
    assert str(caught.value).replace("\n", " ").endswith(
        f"{done} (mmcourse.engine.finished() gives it)."
    ) and bar.label.value.endswith("interrupted")


def test_half_a_judge_is_not_returned():
    experts = fusion_levels.Experts({"image": 3, "audio": 3}, 2, 4)
    with pytest.raises(TrainingStopped), pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "one_epoch", press_stop)
        fusion_levels.learn_judge(experts, pairs())


def calls_of(name: ast.expr, node: ast.Module) -> set[int]:
    """Calls of what is assigned to a name of its own."""
    return {
        id(part)
        for part in ast.walk(node)
        if isinstance(part, ast.Call) and ast.unparse(part.func) == ast.unparse(name)
    }


def unguarded(node: ast.Module, everywhere: bool) -> list[str]:
    """Calls of ``fit`` outside ``with stop_ends_all(...)`` that stand in a loop, or ``everywhere``."""
    guarded, looped = set(), set()
    for part in ast.walk(node):
        guards = isinstance(part, ast.With) and any("stop_ends_all" in ast.unparse(item) for item in part.items)
        if guards or isinstance(part, ast.Try):  # what is tried is refused before it starts
            guarded |= set(map(id, ast.walk(part)))
        if isinstance(part, ast.For | ast.While | ast.ListComp | ast.DictComp | ast.GeneratorExp):
            looped |= set(map(id, ast.walk(part)))
        if isinstance(part, ast.Assign) and ast.unparse(part.targets[0]).endswith("fit"):
            if not re.search(r"\bfit\b", ast.unparse(part.value)):
                guarded |= calls_of(part.targets[0], node)  # a name of its own for something else
    return [
        f"line {part.lineno}: {ast.unparse(part)[:60]}"
        for part in ast.walk(node)
        if isinstance(part, ast.Call)
        and dotted(part.func).split(".")[-1] == "fit"
        and not ast.unparse(part.func).startswith(("SVC(", "make_pipeline(", "model."))  # scikit-learn's
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
    assert not unguarded(ast.parse(guard), everywhere=True)
