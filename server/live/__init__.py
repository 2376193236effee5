"""What is alive on a server: runs, their events, exchanges with apps, and language processes."""
