"""What every other part stands on, with the standard library alone: files, arguments, words, the list of lessons."""
