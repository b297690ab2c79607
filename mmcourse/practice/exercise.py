"""What an exercise is: a reference (the lesson's own function), cases, and known mistakes with a hint each."""

import dataclasses
from collections.abc import Callable
from typing import Any

from mmcourse.practice.arrays import Rules
from mmcourse.practice.trial import Case, Outcome, fresh_copy, parameter_names, run_case
from mmcourse.practice.values import kind

__all__ = ["Case", "Exercise", "Mistake"]


@dataclasses.dataclass(frozen=True)
class Mistake:
    """A usual mistake: `wrong` makes it (same arguments as the reference), `hint` says what to do."""

    name: str
    wrong: Callable[..., Any]
    hint: str


@dataclasses.dataclass(frozen=True)
class Exercise:
    """One exercise; `cases` is called when needed and must give the same cases each time.

    `use(function, *args)` adapts what the learner wrote, for classes: `use=lambda Net, x: Net(3)(x)`.
    `gradients` also compares the slopes with respect to float tensors among the arguments.
    `compare(got, want, *args)` is asked when `got` is not what the reference gives: True accepts it all the same
    (another random order, say), a sentence tells the learner what is wrong with it, False leaves that to the usual
    words. What it accepts must be the same in a second call; `use` may call the function with several seeds.
    """

    name: str
    task: str
    reference: Callable[..., Any]
    cases: Callable[[], list[Case]]
    mistakes: list[Mistake] = dataclasses.field(default_factory=list)
    hints: list[str] = dataclasses.field(default_factory=list)
    rtol: float = 1e-4
    atol: float = 1e-5
    seconds: float = 2.0
    gradients: bool = False
    use: Callable[..., Any] | None = None
    compare: Callable[..., bool | str] | None = None
    labels: tuple[str, ...] = ()  # what the report calls the inputs

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise ValueError(f"Exercise name {self.name!r}: expected a name that a Python function can have.")
        for label in ("reference", "cases", "use", "compare"):
            came = getattr(self, label)
            if not callable(came) and (label in ("reference", "cases") or came is not None):
                raise TypeError(f"Exercise {self.name!r}: {label}: got {kind(came)}, expected a function.")
        if not self.seconds > 0:
            raise ValueError(f"Exercise {self.name!r}: seconds: got {self.seconds}, expected more than 0.")

    @property
    def rules(self) -> Rules:
        return Rules(self.rtol, self.atol)

    def attempt(self, function: Callable, case: Case, limited: bool = True) -> Outcome:
        """Run `function` on `case` under this exercise's conditions."""
        names = parameter_names(self.reference) if self.use is None else parameter_names(self.use)[1:]
        names = self.labels + names[len(self.labels) :]
        return run_case(
            function,
            case,
            seconds=self.seconds if limited else None,
            names=names,
            use=self.use,
            gradients=self.gradients,
        )

    def verdict(self, got: Any, want: Any, case: Case) -> bool | str:
        """What `compare` says of a value that is not the reference's; False where there is none, or where it fails."""
        if self.compare is None:
            return False
        args, kwargs = case.fresh()
        try:
            said = self.compare(fresh_copy(got), fresh_copy(want), *args, **kwargs)
            return said if isinstance(said, str) else bool(said)
        except Exception:  # the value may be anything
            return False

    def expected(self, case: Case) -> Outcome:
        """What the reference does. A reference that fails is a mistake of the course, and raises."""
        outcome = self.attempt(self.reference, case, limited=False)
        wanted = "raised" if case.raises else "value"
        if outcome.kind != wanted or (case.raises and case.raises.__name__ not in outcome.ancestors):
            raise RuntimeError(
                f"Exercise {self.name!r}, case {case.name!r}: the reference itself does not "
                f"do what the case says ({outcome.kind} {outcome.error} {outcome.message})."
            )
        return outcome
