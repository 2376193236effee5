"""Python environments of apps: resolved and built with uv, shared by the apps with the same lock, collected."""
