"""The whole of Podium as its user sees it: a real server, a real browser."""
