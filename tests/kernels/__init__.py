"""Tests of kernels, with real processes."""
