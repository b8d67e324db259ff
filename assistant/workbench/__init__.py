"""The staff's workbench: try the assistant, see why it answers as it does, keep what it should do."""
