"""Answers: functions of a snapshot of the app's files. jedi understands, CPython and pyflakes check."""
