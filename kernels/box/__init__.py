"""The box: what the processes that run user code may do on this machine, kept by Linux's Landlock."""
