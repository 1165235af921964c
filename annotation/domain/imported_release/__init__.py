"""A release of somebody else's study becomes a study here: closed, complete, with its ratings."""
