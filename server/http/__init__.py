"""HTTP: routes as data, the handler that dispatches to them, problems, sign-in, hosts, sockets."""
