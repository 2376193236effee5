"""Programs that stand for kernels and servers."""
