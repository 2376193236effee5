"""Everything that runs beside a user's code: it finds the app, serves it, and records what happens."""
