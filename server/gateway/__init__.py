"""How requests reach users' apps: by host name, streamed both ways, without the platform's credentials."""
