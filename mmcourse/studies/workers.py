"""Units computed by several processes at once: each has one thread, reads arguments, writes numbers.

A worker is a Python of its own that reads one line of JSON a unit from its input and answers with one line. Nothing is
pickled. A worker keeps each unit in the file of an unfinished run before it answers. One whose starter is gone (killed,
or its terminal closed) finishes and keeps the unit under way, reads the end of its input, or cannot write, and ends.
Ctrl-C reaches the starter only, which ends its workers at once.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mmcourse.base.files import ROOT
from mmcourse.studies.study import Study

Found = dict[str, Any]
MOST = 8  # processes; each holds torch in its memory


class UnitFailed(RuntimeError):
    """What a unit failed with in another process."""


def in_this_process(study: Study, missing: Sequence[Found]) -> Iterator[tuple[Found, Found]]:
    """Each unit's arguments with its numbers, computed here one after the other."""
    for one in missing:
        yield one, study.compute(one)


def by_several_processes(
    study: Study, missing: Sequence[Found], jobs: int, unfinished: Path, fingerprint: str
) -> Iterator[tuple[Found, Found]]:
    """The same in the order in which they end, by ``jobs`` processes, which keep what they find in ``unfinished``.

    What one fails with is raised here.
    """
    waiting: queue.SimpleQueue[Found | None] = queue.SimpleQueue()
    ended: queue.SimpleQueue[tuple[Found, str]] = queue.SimpleQueue()
    for one in [*missing, *[None] * jobs]:
        waiting.put(one)
    workers = [_start(study, str(unfinished), fingerprint) for _ in range(jobs)]
    for worker in workers:
        threading.Thread(target=_feed, args=(worker, waiting, ended), daemon=True).start()
    try:
        for _ in missing:
            one, answer = ended.get()
            yield one, _read(answer)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


def jobs_for(units: int, device: str, wanted: int | None) -> int:
    """How many processes: as many as there are cores, one where a GPU computes, never more than units."""
    free = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    usual = min(free, MOST) if device == "cpu" else 1
    return max(1, min(wanted or usual, units))


def _start(study: Study, unfinished: str, fingerprint: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "mmcourse.studies.worker", study.unit.__module__, study.name]
    command += [unfinished, fingerprint]
    env = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    env["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    own_group = {"creationflags": 0x00000200} if os.name == "nt" else {"start_new_session": True}  # keeps Ctrl-C away
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "encoding": "utf-8"}
    return subprocess.Popen(command, env=env, **pipes, **own_group)


def _feed(worker: subprocess.Popen[str], waiting: queue.SimpleQueue, ended: queue.SimpleQueue) -> None:
    """Give one worker unit after unit until none is left or it is gone."""
    while (one := waiting.get()) is not None:
        try:
            worker.stdin.write(json.dumps(one) + "\n")
            worker.stdin.flush()
            answer = worker.stdout.readline()
        except (OSError, ValueError):  # the pipe is closed
            answer = ""
        ended.put((one, answer))
        if not answer:
            return
    worker.stdin.close()


def _read(answer: str) -> Found:
    """The numbers in a worker's line; an error in place of them is raised."""
    if not answer:
        raise UnitFailed("a process that computed a unit has ended, perhaps for lack of memory; try --jobs 1")
    content = json.loads(answer)
    if "found" not in content:
        raise UnitFailed(content["error"])
    return content["found"]
