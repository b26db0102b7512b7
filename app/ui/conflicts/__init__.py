"""競合: what was changed in two places without knowing of each other."""
