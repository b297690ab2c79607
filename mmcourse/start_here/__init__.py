"""Lesson 00: a correct timeline of the field, and the first three functions."""

from mmcourse.start_here.core import TIMELINE, Event, check_opinion_rows, decide, machine, share_of_hits, surer
