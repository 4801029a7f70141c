"""Template tags of the firm's pages."""
