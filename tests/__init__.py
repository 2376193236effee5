"""Tests mirror the rooms; ``e2e`` drives a real browser and ``bench`` measures beside peers."""
