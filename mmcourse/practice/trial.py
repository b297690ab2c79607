"""Run a function once on one case: on fresh inputs, with a time limit, and tell everything that happened."""

import contextlib
import copy
import dataclasses
import inspect
import io
import linecache
import traceback
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from mmcourse.base.text import clip, safe_str
from mmcourse.practice.arrays import EXACT
from mmcourse.practice.compare import difference
from mmcourse.practice.time_limit import TimeUp, call_within
from mmcourse.practice.values import as_array, is_generator, is_tensor

PRINT_LIMIT = 2000


@dataclasses.dataclass(frozen=True)
class Case:
    """One call: `Case("two opinions", args=(p, q), kwargs={})`; every call gets its own copy of the inputs.

    `make` builds the positional arguments anew for each call, for inputs that cannot be copied.
    `raises` says that the right answer is an exception: `Case("empty", args=([],), raises=ValueError)`.
    """

    name: str
    args: tuple = ()
    kwargs: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    make: Callable[[], tuple] | None = None
    raises: type[Exception] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.args, tuple):
            raise TypeError(
                f"Case {self.name!r}: args: got {type(self.args).__name__}, expected a tuple; "
                "for one argument write args=(x,)."
            )
        if self.make is not None and self.args:
            raise ValueError(f"Case {self.name!r}: give args or make, not both.")

    def fresh(self) -> tuple[tuple, dict]:
        args = tuple(self.make()) if self.make else fresh_copy(self.args)
        return args, fresh_copy(dict(self.kwargs))


@dataclasses.dataclass
class Outcome:
    """What one call did: `kind` is "value", "raised" or "timeout".

    `changed`: the inputs it altered. `drawn`: a generator was among them.
    """

    kind: str
    value: Any = None
    error: str = ""
    message: str = ""
    line: str = ""
    printed: str = ""
    inputs: dict[str, Any] = dataclasses.field(default_factory=dict)
    changed: dict[str, Any] = dataclasses.field(default_factory=dict)
    gradients: list | None = None
    ancestors: tuple[str, ...] = ()
    drawn: bool = False


def run_case(
    function: Callable,
    case: Case,
    *,
    seconds: float | None = None,
    names: tuple[str, ...] = (),
    use: Callable | None = None,
    gradients: bool = False,
) -> Outcome:
    """Call `function` on fresh inputs of `case`. Raises nothing but KeyboardInterrupt, the stop button."""
    args, kwargs = case.fresh()
    if gradients:
        args = tuple(_leaf(a) for a in args)
    inputs = named(args, kwargs, names)
    before = {name: frozen(value) for name, value in inputs.items()}
    printed = _Limited()
    try:
        with (
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(_Limited()),
            warnings.catch_warnings(),
            np.errstate(all="ignore"),
        ):
            warnings.simplefilter("ignore")  # NaN is told in words later
            call = (function, *args) if use is None else (use, function, *args)
            value = call_within(seconds, *call, **kwargs)
        outcome = Outcome("value", value=_kept(value))
    except TimeUp:
        outcome = Outcome("timeout")
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit too: exit() ends nothing
        outcome = Outcome(
            "raised",
            error=type(error).__name__,
            message=clip(safe_str(error), 300),
            line=learner_line(error, function),
            ancestors=tuple(c.__name__ for c in type(error).__mro__),
        )
    outcome.printed, outcome.inputs = printed.getvalue(), before
    outcome.drawn = any(is_generator(value) for value in inputs.values())
    after = {name: frozen(current) for name, current in inputs.items()}
    outcome.changed = {name: after[name] for name in before if difference(after[name], before[name], EXACT)}
    if gradients and outcome.kind == "value":
        outcome.gradients = _gradients(value, args)
    return outcome


def named(args: tuple, kwargs: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Arguments by the name the reference gives them; nameless ones are called `argument 1`."""
    labels = [names[i] if i < len(names) else f"argument {i + 1}" for i in range(len(args))]
    return dict(zip(labels, args, strict=True)) | dict(kwargs)


def parameter_names(function: Callable) -> tuple[str, ...]:
    """The names of the positional parameters, as far as Python can tell."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except Exception:
        return ()
    return tuple(p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD))


def fresh_copy(value: Any) -> Any:
    """A deep copy that also knows tensors inside a graph and random generators (same state, own life)."""
    if type(value) in (list, tuple):
        return type(value)(fresh_copy(v) for v in value)
    if type(value) is dict:
        return {k: fresh_copy(v) for k, v in value.items()}
    if is_tensor(value) and type(value).__name__ == "Tensor":
        return value.detach().clone().requires_grad_(value.requires_grad)
    if is_generator(value):
        twin = type(value)(device=value.device)
        twin.set_state(value.get_state())
        return twin
    return copy.deepcopy(value)


def frozen(value: Any) -> Any:
    """What can be compared later: arrays as copies, modules as their weights, the unknowable as its type."""
    array = as_array(value)
    if array is not None:
        return array.copy()
    if isinstance(value, (list, tuple)):
        return [frozen(v) for v in value]
    if isinstance(value, dict):
        return {k: frozen(v) for k, v in value.items()}
    if isinstance(value, (str, bytes, set, frozenset)) or value is None:
        return copy.copy(value)
    if hasattr(value, "state_dict") and not isinstance(value, type):
        try:
            return frozen(dict(value.state_dict()))
        except Exception:
            return type(value).__name__
    return type(value).__name__


def _kept(value: Any) -> Any:
    """The value as it is now: a later call may change what an earlier one returned."""
    try:
        return fresh_copy(value)
    except Exception:
        return value


def learner_line(error: BaseException, function: Callable) -> str:
    """`line 3: return p / q`, the last line of the learner's own code on the way to the error."""
    homes = {code.co_filename for code in codes_of(function)}
    found = ""
    for frame, number in traceback.walk_tb(error.__traceback__):
        path = frame.f_code.co_filename
        if path in homes or "ipykernel_" in path or path.startswith("<ipython"):
            source = linecache.getline(path, number).strip()
            found = f"line {number}: {clip(source, 100)}" if source else f"line {number}"
    return found


def codes_of(function: Any) -> list:
    """The code objects of a function, of a class's own methods, or of what a wrapper wraps."""
    if isinstance(function, type):
        return [c for m in vars(function).values() if not isinstance(m, type) for c in codes_of(m)]
    try:
        function = inspect.unwrap(getattr(function, "__func__", getattr(function, "func", function)))
        code = getattr(function, "__code__", None)
    except Exception:  # an object of the learner's may answer with anything
        return []
    return [code] if code is not None else []


class _Limited(io.StringIO):
    """Keeps the first letters written to it and forgets the rest: an endless loop may print for ever."""

    def write(self, text: str) -> int:
        room = PRINT_LIMIT - self.tell()
        if room > 0:
            super().write(text if len(text) <= room else text[:room] + " …\n")
        return len(text)


def _leaf(value: Any) -> Any:
    floating = is_tensor(value) and as_array(value) is not None and as_array(value).dtype.kind == "f"
    return value.detach().clone().requires_grad_(True) if floating else value


def _gradients(value: Any, args: tuple) -> list | None:
    """Slopes of a fixed weighted sum of the outputs with respect to each float tensor among the inputs."""
    outputs = [v for v in (value if isinstance(value, (list, tuple)) else [value]) if is_tensor(v)]
    total = None
    try:
        for out in outputs:
            if out.requires_grad:
                weights = np.cos(1.0 + np.arange(out.numel())).reshape(tuple(out.shape))
                part = (out * out.detach().new_tensor(weights)).sum()
                total = part if total is None else total + part
        if total is None:
            return None
        total.backward()
    except Exception:
        return None
    return [None if a.grad is None else frozen(a.grad) for a in args if is_tensor(a) and a.requires_grad]
