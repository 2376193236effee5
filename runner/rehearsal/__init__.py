"""Small apps that are loaded and used ahead: what an app does first is then no longer done for the first time.

Each module has an ``app`` of one framework and a function ``use()`` which calls it without any server, event loop or
thread; the apps answer without waiting for anything. See :mod:`podium.runner.warming` and
:mod:`podium.runner.rehearsing`.
"""
