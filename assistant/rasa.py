"""Rasa's command line without TensorFlow: `python -m assistant.rasa run …` instead of `python -m rasa run …`."""

from assistant import on_demand

if __name__ == "__main__":
    on_demand.install()
    from rasa.__main__ import main  # not before the stand-ins are in place

    main()
