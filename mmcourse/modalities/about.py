"""What lesson 07 is: the map of the course derives from this."""

from mmcourse.base.about import About

ABOUT = About(
    number=7,
    title="Seeing, hearing, reading",
    question="What does a computer receive when we see, hear and read?",
    minutes=90,
    able="say what image, sound, text, video are as numbers; build log-mel; align streams; find accidents with pairs",
    meeting="which of the accidents with pairs has somebody met in their own data?",
    day="Sunday",
)
