"""A study's numbers in a notebook: the stored ones, and one part computed before the learner's eyes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mmcourse.studies.plain import differences, plain_value, spelled

Row = dict[str, Any]
MOST_SHOWN = 4  # numbers of a list that a line has room for


class Result:
    """The units of a study, each a row: its arguments and its numbers by name.

    >>> found = RECALL.load()
    >>> found.one(cell="GRU", rate=0.01, times=1)["accuracy"]
    >>> found.where(cell="GRU")["accuracy"]          # a list, one entry for each unit
    """

    def __init__(
        self,
        name: str,
        rows: Sequence[Row],
        arguments: tuple[str, ...],
        computed: Sequence[str],
        state: str,
        minutes: float,
        command: str,
    ) -> None:
        self.name, self.rows, self.arguments, self.computed = name, tuple(rows), arguments, tuple(computed)
        self.state, self.minutes, self.command = state, minutes, command

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __getitem__(self, column: str) -> list[Any]:
        """One argument or number of every row."""
        self._known(column)
        return [row[column] for row in self.rows]

    def values(self, argument: str) -> list[Any]:
        """The different values of an argument, in the order of the study."""
        return list({repr(value): value for value in self[argument]}.values())

    def where(self, **arguments: Any) -> Result:
        """The rows with these values. ``ValueError`` for a value that no row has."""
        rows = list(self.rows)
        for name, value in plain_value(arguments, "arguments").items():
            self._known(name)
            there, rows = [row[name] for row in rows], [row for row in rows if row[name] == value]
            if not rows:
                raise ValueError(f"{name}: got {value!r}, expected one of {', '.join(sorted(set(map(repr, there))))}")
        return Result(self.name, rows, self.arguments, self.computed, self.state, self.minutes, self.command)

    def one(self, **arguments: Any) -> Row:
        """The only row with these values. ``ValueError`` when there are several."""
        found = self.where(**arguments)
        if len(found) > 1:
            open_ones = [name for name in self.arguments if len(found.values(name)) > 1]
            raise ValueError(f"arguments: got {spelled(arguments)}, which {len(found)} units have; say {open_ones} too")
        return dict(found.rows[0])

    def _known(self, name: str) -> None:
        if name not in self.rows[0]:
            raise ValueError(f"name: got {name!r}, expected one of {', '.join(self.rows[0])}")

    def __repr__(self) -> str:
        sizes = ", ".join(f"{name} ({len(self.values(name))})" for name in self.arguments)
        kept = "" if self.state == "fresh" else f" These numbers are {self.state}: the code has changed since."
        if self.state.startswith("incomplete"):
            kept = f" These numbers are {self.state}."
        again = self.command + (" --fresh" if self.state == "fresh" else "")
        return (
            f"study {self.name}: {len(self)} units by {sizes}; computed with {' and '.join(self.computed)}.{kept}\n"
            f"Compute all of it yourself (about {self.minutes:g} minutes on two cores): {again}"
        )


@dataclass(frozen=True, repr=False)
class Live:
    """One unit of a study computed now, and what is stored for the same arguments (None for others)."""

    name: str
    at: Row
    now: Row
    stored: Row | None
    band: float

    def differs(self, band: float | None = None) -> list[str]:
        """Where now and stored lie further apart than the study's band, or another one; [] when nowhere."""
        return [] if self.stored is None else differences(self.now, self.stored, self.band if band is None else band)

    def __repr__(self) -> str:
        then = {name: "(not in the study)" for name in self.now} if self.stored is None else self.stored
        lines = [("", "now", "stored"), *((name, _told(self.now[name]), _told(then.get(name))) for name in self.now)]
        wide = [max(map(len, column)) for column in zip(*lines, strict=True)]
        table = ["   ".join(word.ljust(w) for word, w in zip(line, wide, strict=True)).rstrip() for line in lines]
        return "\n".join([f"{self.name} at {spelled(self.at)}", *table])


def _told(value: Any) -> str:
    """A number with three digits; of many numbers their mean and how many there are."""
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_told(one)}" for key, one in value.items())
    if isinstance(value, list):
        sizes, numbers = [len(value)], value
        while numbers and all(isinstance(one, list) and len(one) == len(numbers[0]) for one in numbers):
            sizes, numbers = [*sizes, len(numbers[0])], [inner for one in numbers for inner in one]
        counted = [one for one in numbers if isinstance(one, int | float)]
        if len(numbers) > MOST_SHOWN and len(counted) == len(numbers):
            return f"{sum(counted) / len(counted):.3g} (mean of {' × '.join(map(str, sizes))})"
        return ", ".join(map(_told, value[:MOST_SHOWN])) + (f", … ({len(value)})" if len(value) > MOST_SHOWN else "")
    return str(value)
