"""A finding of the doctor: one line of its report."""

from dataclasses import dataclass

MARKS = {"fine": "✓", "note": "·", "problem": "✗"}


@dataclass
class Finding:
    """One line of the report: what was looked at, what was seen, how bad it is, and what to do about it."""

    what: str
    seen: str
    level: str = "fine"
    remedy: str = ""

    def __str__(self) -> str:
        line = f"{MARKS[self.level]} {self.what:<12} {self.seen}"
        return line + (f"\n  → {self.remedy}" if self.remedy else "")
