"""The course's data: digits you see, digits you hear, both together, and tiny worlds with known limits.

Import what you need:

    from mmcourse.datasets import digits, speech, worlds
    from mmcourse.datasets.see_hear import SeeHear, see_hear
"""
