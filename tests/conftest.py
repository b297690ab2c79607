"""Settings that hold for all tests."""

import os

# Figures are drawn in memory, whatever the screen; tests that open a browser say so themselves.
os.environ.setdefault("MPLBACKEND", "agg")
