"""The ground: people, clients, tax years, VAT returns, and who may see what."""
