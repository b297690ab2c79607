"""The course's own studies: declared as they should be, fresh, and what they say can be computed again."""

from __future__ import annotations

import pytest

from mmcourse.studies import all_studies
from mmcourse.studies.store import FOLDER, read_store

STUDIES = {study.name: study for study in all_studies()}
EACH = pytest.mark.parametrize("name", STUDIES)
MOST_MINUTES, MOST_BYTES, MOST_MINUTES_TOGETHER, MOST_BYTES_TOGETHER = 8, 2_000_000, 80, 60_000_000


@EACH
def test_a_study_is_fresh(name):
    study = STUDIES[name]
    state = study.state()
    changed = f" because of {', '.join(study.changed())}" if state == "stale" else ""
    assert state == "fresh", f"{name} is {state}{changed}; run (about {study.minutes:g} minutes):  {study.command}"


@pytest.mark.slow
@EACH
def test_one_unit_computed_again_agrees(name):
    study = STUDIES[name]
    live = study.live()
    assert live.stored is not None and not live.differs(), f"\n{live}\nrun:  {study.command} --fresh"


@EACH
def test_a_study_stands_in_its_lesson_and_stays_small(name):
    study = STUDIES[name]
    assert study.unit.__module__.startswith(f"mmcourse.{name.partition('/')[0]}.studies")
    assert study.needs_gpu or study.minutes <= MOST_MINUTES
    store = read_store(name)
    assert [unit["at"] for unit in store.units] == list(study.units), f"run:  {study.command}"
    assert (FOLDER / f"{name}.json").stat().st_size <= MOST_BYTES


def test_all_together_stay_within_the_limits():
    assert len(STUDIES) == len(all_studies()), "two studies share a name"
    assert sum(study.minutes for study in STUDIES.values()) <= MOST_MINUTES_TOGETHER
    kept = list(FOLDER.rglob("*.json")) if FOLDER.is_dir() else []
    assert sum(path.stat().st_size for path in kept) <= MOST_BYTES_TOGETHER
    kept = [path for path in kept if ".damaged-" not in path.name]
    strangers = {path.relative_to(FOLDER).with_suffix("").as_posix() for path in kept} - set(STUDIES)
    assert not strangers, "a store without a study: delete it"
