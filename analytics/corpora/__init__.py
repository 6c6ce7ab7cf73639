"""Where tokens and their annotations come from: one file per source."""
