"""A language server for one app, forked from a parent that knows the libraries already.

Three parts that know nothing of each other's insides: the protocol (``framing``, ``messages``, ``methods``,
``server``), which reads messages on a thread of its own; the order of work (``scheduling``), on the main thread; and
the answers (``analysis``), which are functions of a snapshot of the app's files.
"""
