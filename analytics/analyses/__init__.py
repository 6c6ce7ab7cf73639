"""Arrays -> small frozen records; one question per file."""
