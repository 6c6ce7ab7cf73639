"""What the Compare page asks."""
