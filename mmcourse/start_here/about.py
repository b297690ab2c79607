"""What lesson 00 is: the map of the course derives from this."""

from mmcourse.base.about import About

ABOUT = About(
    number=0,
    title="Start here",
    question="What will I be able to do?",
    minutes=20,
    able="play with the finished thing; know how a lesson works",
    meeting="set-up problems; everybody solves a first exercise with `check`",
)
