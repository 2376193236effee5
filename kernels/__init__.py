"""Jupyter kernels as a service: provisioners, sessions, and why a kernel died."""
