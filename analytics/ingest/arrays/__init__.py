"""The parts of `import_arrays`: files of arrays, read in blocks, and what each array is taken for."""
