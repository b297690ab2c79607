"""A process that computes units of one study: ``python -m mmcourse.studies.worker MODULE NAME``, see ``workers``."""

import importlib
import json
import sys

from mmcourse.studies.study import Study


def work(module: str, name: str) -> None:
    """Answer each line of arguments on the input with a line of numbers, or of what went wrong."""
    answers, sys.stdout = sys.stdout, sys.stderr  # whatever a unit prints must not be taken for an answer
    found = [one for one in vars(importlib.import_module(module)).values() if isinstance(one, Study)]
    study = next(one for one in found if one.name == name)
    for line in sys.stdin:
        try:
            answer = {"found": study.compute(json.loads(line))}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    work(*sys.argv[1:3])
