"""The parts of `import_lstmvis`: the project's settings, its words, states, annotations and predictions."""
