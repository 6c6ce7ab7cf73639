"""What all importers share: the plan of an import, its report, tokens and ids."""
