"""Faults under conversations that go on: `make faults`."""
