"""The lines of Python that compute in a notebook what a view shows."""
