"""Where the project lies and which lessons it has."""

import difflib
import re
from pathlib import Path

from mmcourse.base.files import ROOT
from mmcourse.cli.messages import COMMAND, Failure


def lesson_files(root: Path = ROOT) -> list[Path]:
    """The notebooks of the course in their order."""
    every = sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    found = [path for path in every if re.fullmatch(r"\d\d_\w+", path.stem)]  # no "08_fusion_levels (1).ipynb"
    if not found:
        raise Failure(
            f"There are no lessons in {root / 'notebooks'}.",
            "start the command in the folder of the project, or fetch the project again.",
        )
    return found


def find_lesson(text: str, root: Path = ROOT) -> Path:
    """The notebook a learner means by ``8``, ``08``, ``fusion_levels``, ``08_fusion_levels.ipynb``."""
    found = lesson_files(root)
    wanted = re.sub(r"[\s-]+", "_", Path(text.strip()).name.removesuffix(".ipynb")).lower()
    for path in found:
        if wanted in (path.stem, path.stem[3:]) or (wanted.isdecimal() and int(wanted) == int(path.stem[:2])):
            return path
    begun = [path for path in found if wanted and path.stem[3:].startswith(wanted)]
    if len(begun) == 1:
        return begun[0]
    raise Failure(f"There is no lesson {text!r}.", nearest(wanted, [path.stem for path in found]), status=2)


def nearest(wanted: str, names: list[str]) -> str:
    """A next step that names the lessons closest to `wanted`, or all of them when none is close."""
    if wanted.isdecimal():
        close = sorted(names, key=lambda name: abs(int(name[:2]) - int(wanted)))[:3]
    else:
        known = {name[3:]: name for name in names} | {name: name for name in names}
        hits = difflib.get_close_matches(wanted, known, n=4, cutoff=0.5)
        close = list(dict.fromkeys(known[hit] for hit in hits))
    offer = close or names
    return f"choose one of these: {', '.join(offer)}; for example  {COMMAND} lab {offer[0][:2]}"
