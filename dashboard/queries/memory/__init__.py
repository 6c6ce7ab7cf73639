"""What the Memory page asks."""
