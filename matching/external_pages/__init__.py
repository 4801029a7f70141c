"""Pages of external transactions in the admin: making, changing, saving, discarding, taking back."""
