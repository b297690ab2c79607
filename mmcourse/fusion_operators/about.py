"""What lesson 09 is: the map of the course derives from this."""

from mmcourse.base.about import About

ABOUT = About(
    number=9,
    title="Once they meet, how should they mix?",
    question="Once they meet, how should they mix?",
    minutes=85,
    able="mix two or three senses by sum, product, gate, attention or graph, and say which is worth its cost",
    meeting="pairs plan an experiment of their own",
    day="Sunday",
)
