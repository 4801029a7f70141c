"""The engine beside published rules of other systems: same data, same scorer, same run."""
