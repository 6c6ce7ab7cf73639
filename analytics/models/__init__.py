"""The networks that come with the project, and how they are trained."""
