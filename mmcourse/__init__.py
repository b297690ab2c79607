"""mmcourse: an interactive course on deep learning and multimodal learning.

The package is the code behind the notebooks. Importing it is light: each lesson loads torch when it is imported itself,
so that the commands of ``python -m mmcourse`` start at once, even before torch is installed.
"""

__version__ = "0.1.0"
