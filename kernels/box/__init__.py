"""The box: what processes that run what users wrote or chose may do on this machine, kept by Linux's Landlock."""
