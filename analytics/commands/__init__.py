"""The commands of `python -m analytics`: one file per group, registered in `analytics.cli`."""
