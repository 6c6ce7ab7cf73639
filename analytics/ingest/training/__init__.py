"""Training the reference networks: from recipes, from files, and what is kept with a recording."""
