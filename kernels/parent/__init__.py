"""The kernel parent: a small process of its own which starts, watches and ends all kernels."""
