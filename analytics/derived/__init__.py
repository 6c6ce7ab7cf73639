"""Results that are computed from a recording and kept with it."""
