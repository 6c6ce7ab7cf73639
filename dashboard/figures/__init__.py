"""From a result record to a figure: pure functions."""
