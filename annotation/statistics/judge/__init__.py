"""A language model's scores of the items that experts rated, held against the experts'."""
