"""The panels of lesson 00, made quickly: few models, briefly trained on few pairs."""

from small_levels import small_lab

from mmcourse.start_here import pictures

PANELS = {
    "five_panel": lambda: pictures.five_panel(small_lab()),
    "own_digit_panel": lambda: pictures.own_digit_panel(small_lab()),
}
