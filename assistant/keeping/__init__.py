"""What the staff keep of a conversation: a dialogue test, a message to look at again. Nothing of it is ever learnt."""
