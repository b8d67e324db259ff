"""The custom actions, one module a concern. Rasa's action server finds them here (`rasa run actions`)."""
