"""What lesson 04 is: the map of the course derives from this."""

from mmcourse.base.about import About

ABOUT = About(
    number=4,
    title="Text",
    question="How does a word become numbers that know what it means?",
    minutes=90,
    able='turn words into vectors that know their company, and say where "not good" breaks a reader',
    meeting="a sentence that fools the bag of words",
)
