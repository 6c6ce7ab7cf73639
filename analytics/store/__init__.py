"""Ours to arrays: the format of a recording, and readers for it."""
