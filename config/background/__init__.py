"""Background work: the queue's processes, and the one that watches over them."""
