"""The parts of `annotate`: where values come from, how they are aligned, and how a recording is changed."""
