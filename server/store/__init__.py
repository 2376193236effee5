"""Documents: the supervised store processes, the connection, and every query. Each function takes the owner first."""
