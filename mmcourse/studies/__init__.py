"""Studies: experiments that carry a claim, computed once in minutes, kept, and shown in seconds.

How to write one, in the lesson's ``studies.py``. A function computes one part from plain arguments and returns a dict
of plain numbers; a constant in capitals declares the study:

    def recall_unit(cell: str, rate: float, times: int, tests: int) -> dict[str, list[float]]:
        models = train_recall(cell, lr=rate, times=times)        # eight seeds at once
        return {"accuracy": recall_accuracies(models, each=tests)}

    RECALL = Study(
        "rnn/recall",
        unit=recall_unit,
        units=grid(cell=("RNN", "LSTM", "GRU"), rate=(3e-3, 1e-2, 3e-2), times=(1, 4)),   # a list of dicts
        fixed={"tests": 1000},                                   # the same for all units: sizes
        minutes=7,                                               # of the whole, on two cores; at most 8
        quick={"cell": "GRU", "rate": 1e-2, "times": 1},         # the part that a test computes again, within seconds
    )

``python3 -m mmcourse study rnn/recall`` computes what is missing, a unit on each core, and writes
data/studies/rnn/recall.json; commit that file. Ctrl-C loses the units under way, one for each process, a kill of the
command (-9, too) at most one: its other processes finish and keep theirs. A power cut is like Ctrl-C. ``--list`` says
which studies are stale: those where a definition or a data file has changed that the unit function reaches
(``sources.py`` says what counts). Tests do the same for every study, and compute ``quick`` again: nothing has to be
written for that. In the notebook:

    found = RECALL.load()                                        # as last line of a cell it says how to compute it all
    found.where(times=1, cell="GRU")["accuracy"]                 # a list with one entry for each unit
    found.one(cell="GRU", rate=1e-2, times=4)["accuracy"]        # of one unit
    RECALL.live()                                                # quick, computed now, beside the stored numbers
    RECALL.live(cell="RNN", times=1, tests=200)                  # a variation

The rules. A unit sets its own seeds, trains where ``pick_device()`` says, prints nothing, draws nothing, and takes
seconds rather than minutes, for it is what a stop can lose. Numbers are kept to six significant digits; what was not
measured is None. Each verdict in the prose is asserted from the stored numbers. A comparison gives every rival its best
of at least three learning rates, chosen on other data than those that count, and holds its verdict at the stated
training and at four times that, on several seeds, with intervals over the right unit and enough test items. What does
not survive all of it is told with its condition. ``needs_gpu=True`` is for a study that has a smaller sister with the
same verdict.
"""

from mmcourse.studies.result import Live, Result
from mmcourse.studies.run import StudyRun, all_studies, compute_missing
from mmcourse.studies.store import StudyError
from mmcourse.studies.study import Study, grid
from mmcourse.studies.workers import UnitFailed, jobs_for

__all__ = [
    "Live",
    "Result",
    "Study",
    "StudyError",
    "StudyRun",
    "UnitFailed",
    "all_studies",
    "compute_missing",
    "grid",
    "jobs_for",
]
