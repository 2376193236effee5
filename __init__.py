"""Podium: write a Python web API in the browser, run it at once, and keep it running."""
