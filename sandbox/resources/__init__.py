"""The resources of the service, one module each, with its routes at the end."""
