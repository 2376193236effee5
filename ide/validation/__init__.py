"""The checks that underline mistakes while typing and that guard Run and Promote.

Call :func:`podium.ide.validation.checks.check`.
"""
