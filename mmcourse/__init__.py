"""mmcourse: an interactive course on deep learning and multimodal learning.

The package is the code behind the notebooks. Importing it is light: each lesson loads torch when it is imported itself,
so that the commands of ``python -m mmcourse`` start at once, even before torch is installed.
"""

import os

# OpenMP's threads wait for each other by spinning, which takes the processor away from those that work: with a browser
# open beside it, training small models on two cores became ten times slower. A short spin keeps both fast: on quiet
# cores within a fifth of the best, on busy ones half the time. To be said before torch loads.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")

__version__ = "0.1.0"
