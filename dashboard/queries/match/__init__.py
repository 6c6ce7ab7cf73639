"""What the Match page asks of matches."""
