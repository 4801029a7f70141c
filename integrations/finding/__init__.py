"""Find a document: whether it was seen, since when, in which state, and why it was or was not taken over."""
