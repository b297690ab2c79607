"""For every test, those of the notebooks too: what the course keeps of a learner goes to a temporary place."""

import atexit
import os
import shutil
import tempfile

_private = tempfile.mkdtemp(prefix="mmcourse-progress-")
atexit.register(shutil.rmtree, _private, ignore_errors=True)
os.environ["MMCOURSE_PROGRESS"] = os.path.join(_private, "progress.json")
