"""What Rasa's server imports, tried in a process of its own: this one may have TensorFlow already."""

import subprocess
import sys

import pytest

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
# As Rasa does it with a configuration that has one of the components.
NAMED = """
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
registered = DefaultV1Recipe()._from_registry("DIETClassifier")
assert registered.clazz.get_default_config()["epochs"] == 300 and "tensorflow" in sys.modules
assert DefaultV1Recipe._from_registry("rasa.core.policies.ted_policy.TEDPolicy").is_trainable
assert issubclass(registered.clazz, DIETClassifier)
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
"""


@pytest.mark.parametrize("need", [NAMED, NEED], ids=["by a configuration", "by a model"])
def test_tensorflow_is_loaded_only_when_it_is_needed(need: str) -> None:
    done = subprocess.run([sys.executable, "-c", SERVER + need], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
