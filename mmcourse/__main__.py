"""Start of ``python3 -m mmcourse``; plain enough that an old Python gets as far as the sentences below."""

import os
import subprocess
import sys

NAMES = ("python3.13", "python3.12", "python3.14", "python3.11", "python3", "python")


def new_enough():
    """How to start a Python that can run the course, seen to start just now; nothing when there is none."""
    commands = [[name] for name in NAMES] + [["py", "-3"]] * (os.name == "nt")
    test = "import sys; sys.exit(sys.version_info < (3, 11))"
    with open(os.devnull, "r+") as nowhere:
        for words in commands:
            try:
                if subprocess.call(words + ["-c", test], stdin=nowhere, stdout=nowhere, stderr=nowhere) == 0:
                    return " ".join(words)
            except OSError:
                pass
    return ""


def too_old():
    """The sentences for a Python that cannot run the course."""
    words, found = "-m mmcourse " + (" ".join(sys.argv[1:]) or "lab"), new_enough()
    return (
        "mmcourse needs Python 3.11 or newer, and this is Python %d.%d.\n" % sys.version_info[:2]
        + "Next: "
        + ("run  %s %s" % (found, words) if found else "install Python 3.12 (from python.org, or with your system's ")
        + ("" if found else "packages), then give that Python the words  %s" % words)
    )


if __name__ == "__main__":
    if sys.version_info < (3, 11):
        sys.exit(too_old())
    from mmcourse.cli.main import main

    sys.exit(main())
