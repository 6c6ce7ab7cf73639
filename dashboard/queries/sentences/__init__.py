"""What the Sentences page asks."""
