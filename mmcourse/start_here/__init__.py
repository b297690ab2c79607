"""Lesson 00: a correct timeline of the field, and the first three functions."""

from mmcourse.start_here.computer import machine
from mmcourse.start_here.opinions import check_opinion_rows, decide, share_of_hits, surer
from mmcourse.start_here.timeline import TIMELINE, Event
