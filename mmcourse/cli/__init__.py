"""The code behind ``python3 -m mmcourse``: standard library only, until the environment is ready."""
