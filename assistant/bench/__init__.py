"""`make bench`: what an answer costs, against Rasa's stock configuration and against a bare Rasa."""
