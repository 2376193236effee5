"""Podium beside its peers, measured in one run: ``make bench`` prints a table and writes ``bench.json``."""
