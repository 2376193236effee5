"""The Tornado application: accounts, API, WebSockets, the gateway to users' apps, and the store."""
