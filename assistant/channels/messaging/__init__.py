"""The messaging channels: one module a provider, and what they do alike."""
