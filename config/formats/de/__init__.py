"""German as it is read everywhere."""
