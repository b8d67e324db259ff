"""What Rasa's server imports, tried in a process of its own: this one may have TensorFlow already."""

import subprocess
import sys

from assistant.settings import ROOT

SERVER = """
import sys
from assistant import on_demand
on_demand.install()
on_demand.install()
import rasa.__main__, rasa.core.run, rasa.server, rasa.model_training
from rasa.engine.recipes.default_components import DEFAULT_COMPONENTS
from rasa.nlu.classifiers.diet_classifier import DIETClassifier
from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier
assert not isinstance(DEFAULT_COMPONENTS, DIETClassifier) and not issubclass(FallbackClassifier, DIETClassifier)
assert not any(hasattr(module, "sin") for name, module in list(sys.modules.items()) if name.startswith("rasa."))
assert not {"tensorflow", "keras", "matplotlib"} & sys.modules.keys(), "TensorFlow is loaded"
"""
# As Rasa does it with a model that has one of the components: it takes the class by its path, then asks what it takes.
NEED = """
from rasa.shared.utils.common import class_from_module_path
from rasa.utils import train_utils
selector = class_from_module_path("rasa.nlu.selectors.response_selector.ResponseSelector")
assert selector.get_default_config()["epochs"] == 300
assert "tensorflow" in sys.modules
class Own(DIETClassifier):
    pass
from rasa.nlu.selectors.response_selector import ResponseSelector
assert issubclass(ResponseSelector, DIETClassifier) and issubclass(ResponseSelector, selector)
assert not issubclass(FallbackClassifier, DIETClassifier) and Own.get_default_config()["epochs"]
assert train_utils.init_split_entities(True, True)
from rasa.utils import train_utils as real
assert type(real) is type(sys)
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
assert DefaultV1Recipe._from_registry("ResponseSelector").clazz is ResponseSelector
"""


def test_tensorflow_is_loaded_only_when_it_is_needed() -> None:
    program = SERVER + NEED
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
