"""The public API's shapes: what validates requests, what answers are made of, and what OpenAPI is generated from.

Shapes that the runner already defines (:mod:`podium.runner.protocol`) are embedded, not repeated.
"""
