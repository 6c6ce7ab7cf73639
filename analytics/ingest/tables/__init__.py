"""The parts of `import_table`: Parquet and CSV, read in blocks, and what each column is taken for."""
