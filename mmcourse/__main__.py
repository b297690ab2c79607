"""Start of ``python3 -m mmcourse``; plain enough that an old Python gets as far as the sentence below."""

import sys


def too_old():
    """The sentence for a Python that cannot run the course."""
    import shutil

    which = getattr(shutil, "which", lambda name: None)
    newer = [name for name in ("python3.13", "python3.12", "python3.14", "python3.11") if which(name)]
    start = newer[0] if newer else "python3.12"
    words = " ".join(sys.argv[1:]) or "lab"
    return (
        "mmcourse needs Python 3.11 or newer, and this is Python %d.%d.\n" % sys.version_info[:2]
        + ("" if newer else "Install a newer one from python.org or your system's packages. ")
        + "Next: run  %s -m mmcourse %s" % (start, words)
    )


if __name__ == "__main__":
    if sys.version_info < (3, 11):
        sys.exit(too_old())
    from mmcourse.cli.main import main

    sys.exit(main())
