"""How alike are two networks that read the same tokens? One question per file."""
