"""Read a clone of the RESORT authors' repository, or part of it, and make a study of it."""
