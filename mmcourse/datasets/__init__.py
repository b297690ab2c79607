"""The course's data: digits you see, digits you hear, both together, tiny worlds with known limits, reviews,
scenes with captions, clips of moving shapes with their sound, a photograph, and what the learner draws, says and shows.

Import what you need:

    from mmcourse.datasets import digits, speech, worlds
    from mmcourse.datasets.see_hear import SeeHear, see_hear
"""
