"""The pages a client sees."""
