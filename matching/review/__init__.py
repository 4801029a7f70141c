"""The review pages: what waits for a decision, and one case with its evidence."""
