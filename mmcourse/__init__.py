"""mmcourse: an interactive course on deep learning and multimodal learning.

The package is the code behind the notebooks. Importing it is light: each lesson loads torch when it is imported itself,
so that the commands of ``python -m mmcourse`` start at once, even before torch is installed.
"""

import os

# Threads that wait by spinning take the processor away from the ones that work: with a browser open beside it, training
# small models on two cores became twenty times slower. Waiting asleep costs nothing. To be said before torch loads.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__version__ = "0.1.0"
