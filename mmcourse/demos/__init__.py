"""The views and panels of each lesson: wiring between lessons, data and instruments, no learning of its own."""
