"""What a study is: a function of plain arguments, the list of arguments it is computed at, and what it costs."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from mmcourse.base.checks import check_number
from mmcourse.base.files import how_to_restore
from mmcourse.studies.plain import key_of, plain_value, spelled
from mmcourse.studies.result import Live, Result
from mmcourse.studies.sources import short_hash, sources
from mmcourse.studies.store import Damaged, Store, StudyError, Unfinished, read_store, shown_path

COMMAND = "python3 -m mmcourse study"
Arguments = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Study:
    """An experiment that carries a claim.

    ``name`` is "lesson/study". ``unit(**fixed, **arguments)`` computes one part and returns a dict of plain numbers;
    ``units`` lists the arguments of every part, ``fixed`` holds what is the same for all (sizes, say). ``minutes`` is
    what the whole takes on two cores. ``quick`` is the part that a test computes again, the first one if None, and
    ``band`` by how much its numbers may then differ (another processor rounds differently).
    """

    name: str
    unit: Callable[..., Arguments]
    units: Sequence[Arguments]
    minutes: float
    fixed: Arguments = field(default_factory=dict)
    quick: Arguments | None = None
    band: float = 0.1
    needs_gpu: bool = False

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z]\w*/[a-z]\w*", self.name):
            raise ValueError(f"name: got {self.name!r}, expected lesson/study, such as 'rnn/recall'")
        if not (inspect.isfunction(self.unit) and self.unit.__qualname__.isidentifier()):
            raise TypeError(f"unit: got {self.unit!r}, expected a function from the top of the lesson's studies.py")
        check_number(self.minutes, "minutes", 0, 600, "a number of minutes")
        object.__setattr__(self, "fixed", plain_value(self.fixed, "fixed"))
        object.__setattr__(self, "units", tuple(plain_value(one, f"units[{k}]") for k, one in enumerate(self.units)))
        for one in self.units:
            self.check_arguments(one)
        if not self.units or len(set(map(key_of, self.units))) < len(self.units):
            raise ValueError("units: got none, or the same arguments twice; expected each part once")
        quick = self.units[0] if self.quick is None else plain_value(self.quick, "quick")
        if quick not in self.units:
            raise ValueError(f"quick: got {quick}, expected the arguments of one of the units")
        object.__setattr__(self, "quick", quick)

    def check_arguments(self, arguments: Arguments) -> None:
        """``TypeError`` when the unit does not take these arguments and the fixed ones."""
        try:
            inspect.signature(self.unit).bind(**{**self.fixed, **arguments})
        except TypeError as error:
            raise TypeError(f"units: got {spelled(arguments)}, expected arguments of the unit: {error}") from None

    @property
    def command(self) -> str:
        """What to type to compute the whole."""
        return f"{COMMAND} {self.name}"

    def sources(self) -> dict[str, str]:
        """The definitions and data that the numbers come from, each with its hash."""
        return sources(self.unit.__module__, self.unit.__name__)

    def fingerprint(self, sources: dict[str, str] | None = None) -> str:
        """Changes when the numbers may change: with code, data or fixed arguments. Not with the list of units."""
        return short_hash([self.sources() if sources is None else sources, self.fixed])

    def compute(self, arguments: Arguments) -> Arguments:
        """One part, computed now, as it is kept. Its numbers may not have the names of its arguments.

        One thread computes it: so it comes out the same whatever the number of cores.
        """
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            found = self.unit(**{**self.fixed, **arguments})
        finally:
            torch.set_num_threads(threads)
        found = plain_value(found, f"{self.name} at {spelled(arguments)}")
        if not isinstance(found, dict) or set(found) & {*arguments, *self.fixed}:
            raise TypeError(f"{self.name}: the unit gave {found!r:.80}, expected a dict with names of its own")
        return found

    def state(self) -> str:
        """``"fresh"``, ``"stale"``, ``"incomplete 12/40"``, ``"damaged"`` or ``"missing"``."""
        now = self.fingerprint()
        try:
            store = read_store(self.name)
        except Damaged:
            return "damaged"
        kept = set(store.found()) if store and store.fingerprint == now else set()
        wanted = set(map(key_of, self.units))
        if wanted <= kept:
            return "fresh"
        found = wanted & (kept | {key_of(unit["at"]) for unit in Unfinished(self.name).read(now)[0]})
        if found:
            return f"incomplete {len(found)}/{len(wanted)}"
        return "stale" if store else "missing"

    def changed(self) -> list[str]:
        """What has changed since the store was computed: names of definitions, data files and fixed arguments."""
        then, now = self._kept(), self.sources()
        code = {name for name in {*then.sources, *now} if then.sources.get(name) != now.get(name)}
        return sorted(
            code | {name for name in {*then.fixed, *self.fixed} if then.fixed.get(name) != self.fixed.get(name)}
        )

    def load(self) -> Result:
        """The stored numbers. ``StudyError`` when there are none."""
        store = self._kept()
        found = store.found()
        rows = [{**one, **found[key_of(one)]} for one in self.units if key_of(one) in found]
        if not rows:
            raise StudyError(f"{shown_path(self.name)} holds none of the study's units; compute them: {self.command}")
        return Result(self.name, rows, tuple(self.units[0]), store.computed, self.state(), self.minutes, self.command)

    def _kept(self) -> Store:
        try:
            store = read_store(self.name)
        except Damaged:
            where = shown_path(self.name)
            mend = f"{how_to_restore(where)}  or compute it: {self.command}"
            raise StudyError(f"{where} is damaged; {mend}") from None
        if store is None:
            raise StudyError(
                f"{shown_path(self.name)} is not there. Compute it (about {self.minutes:g} minutes): {self.command}"
            )
        return store

    def live(self, **arguments: Any) -> Live:
        """Compute one part now, and show it beside what is stored for the same arguments.

        Arguments that are not given are those of the quick part. Others than the study's, a larger size or one seed
        more, are computed as well, with nothing stored to compare with.
        """
        changed = plain_value(arguments, "arguments")
        at = {**self.quick, **changed}
        self.check_arguments(at)
        now = self.compute(at)
        own = {name: value for name, value in at.items() if name not in self.fixed}
        as_fixed = all(self.fixed[name] == value for name, value in at.items() if name in self.fixed)
        stored = self._kept().found().get(key_of(own)) if as_fixed else None
        return Live(self.name, at, now, stored, self.band)


def grid(**choices: Sequence[Any]) -> list[Arguments]:
    """Every combination of some arguments, the last one changing fastest.

    >>> grid(cell=("RNN", "GRU"), seed=(0, 1))[1]
    {'cell': 'RNN', 'seed': 1}
    """
    return [dict(zip(choices, values, strict=True)) for values in itertools.product(*choices.values())]
