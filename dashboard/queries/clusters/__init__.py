"""What the Clusters page asks."""
