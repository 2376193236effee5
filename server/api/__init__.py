"""The public API: one file per resource, each with its ``OPERATIONS`` and ``SOCKETS``; ``table`` joins them."""
