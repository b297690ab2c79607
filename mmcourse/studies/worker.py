"""A process that computes units of one study, see ``workers``.

``python -m mmcourse.studies.worker MODULE NAME FILE CODE``: FILE keeps the finished units, CODE is the fingerprint.
"""

import importlib
import json
import os
import sys
from pathlib import Path

from mmcourse.studies.run import made_with
from mmcourse.studies.store import Unfinished
from mmcourse.studies.study import Study


def work(module: str, name: str, file: str, fingerprint: str) -> None:
    """Keep the numbers for each line of arguments on the input and answer with them, or with what went wrong."""
    answers, sys.stdout = sys.stdout, sys.stderr  # whatever a unit prints must not be taken for an answer
    found = [one for one in vars(importlib.import_module(module)).values() if isinstance(one, Study)]
    study = next(one for one in found if one.name == name)
    unfinished = Unfinished(name, Path(file))
    for line in sys.stdin:
        try:
            at = json.loads(line)
            answer = {"found": study.compute(at)}
            unfinished.add({"at": at, **answer}, fingerprint, made_with())
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        try:
            answers.write(json.dumps(answer) + "\n")
            answers.flush()
        except OSError:  # the starter is gone
            os._exit(1)


if __name__ == "__main__":
    work(*sys.argv[1:5])
