"""Reference rates of the European Central Bank: reading its XML, without Django and without the network."""
