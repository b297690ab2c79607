"""The exercises of the course, one module a lesson, and `check`, which compares
a learner's function with them.

>>> from mmcourse.exercises import check
>>> check("name", function), check.hint("name"), check.solution("name"), check.list()
"""

from mmcourse.ui.check import Checker
from mmcourse.ui.record import record

check = Checker("mmcourse.exercises", record)

__all__ = ["check"]
