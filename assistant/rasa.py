"""Rasa's command line without TensorFlow: `python -m assistant.rasa run …` instead of `python -m rasa run …`."""

import os

from assistant import on_demand

if __name__ == "__main__":
    # Rasa reports its use, and crashes with their text, to others otherwise.
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    on_demand.install()
    from rasa.__main__ import main  # not before the stand-ins are in place

    main()
