"""What is particular to each web framework: its routes, its OpenAPI document, and how it reports exceptions.

One file per framework with one shape (:class:`podium.runner.frameworks.base.Framework`), joined in ``table``.
None of them imports its framework: an app of a framework can only be there when its code has imported it.
"""
