"""Tests of the runner: real runners in processes of their own, and single parts in this process."""
