"""Findings: views with a note that people keep, list, change and take along."""
