"""Rasa without TensorFlow, as long as nothing needs it.

Rasa imports TensorFlow for the classifiers and policies that are built on it, whether or not config.yml names one of
them; ours names none. `install` puts a stand-in before each of these modules. It holds the module's classes by name
only, which is all that a server or a training without them looks at. Whatever asks more of one of them, for instance
to load one that a model was trained with, gets the real module and from then on all of them.

The modules are those of Rasa 3.6.21, which receives no more updates; tests/unit/test_on_demand.py holds the list.
"""

from __future__ import annotations

import importlib
import re
import sys
import types
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder, SourceLoader
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

# The modules that import TensorFlow in every Rasa server, with the components that they are imported for.
STOOD_IN_FOR = {
    "rasa.nlu.classifiers.diet_classifier": ("DIETClassifier",),
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer": ("ConveRTFeaturizer",),
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer": ("LanguageModelFeaturizer",),
    "rasa.nlu.selectors.response_selector": ("ResponseSelector",),
    "rasa.core.policies.ted_policy": ("TEDPolicy",),
    "rasa.core.policies.unexpected_intent_policy": ("UnexpecTEDIntentPolicy",),
    # Imported for their functions, by modules that do not call them here. The second imports matplotlib.
    "rasa.utils.train_utils": (),
    "rasa.utils.plotting": (),
}


class _Unloaded(type):
    """The class of stand-ins for classes: what is not known of one is asked of the real one."""

    def __new__(mcs, name: str, bases: tuple[type, ...], members: dict[str, Any]) -> Any:
        """Makes a stand-in; a class that derives from one derives from the real class."""
        if not bases:
            return super().__new__(mcs, name, bases, members)
        return types.new_class(
            name,
            tuple(base.real() if isinstance(base, _Unloaded) else base for base in bases),
            exec_body=lambda namespace: namespace.update(members),
        )

    def __init__(cls, name: str, bases: tuple[type, ...], members: dict[str, Any]) -> None:
        super().__init__(name, bases, members)
        cls._finder: _Finder = members["finder"]

    def __getattr__(cls, name: str) -> Any:
        return getattr(cls.real(), name)

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        return cls.real()(*arguments, **named)

    def __instancecheck__(cls, instance: Any) -> bool:
        return issubclass(type(instance), cls)

    def __subclasscheck__(cls, subclass: type) -> bool:
        """Nothing derives from a class that was never loaded."""
        return subclass is cls or (not cls._finder.active and issubclass(subclass, cls.real()))

    def real(cls) -> type:
        """The class itself, with TensorFlow."""
        return getattr(cls._finder.real(cls.__module__), cls.__name__)


class _StandIn(ModuleType):
    """A module that holds stand-ins for its classes, and gives way when something else that it defines is wanted."""

    finder: _Finder
    source: str

    def __getattr__(self, name: str) -> Any:
        # Some libraries ask every module for any name; that alone loads nothing.
        if re.search(rf"^(?:class|def) {re.escape(name)}\b", self.source, re.MULTILINE):
            return getattr(self.finder.real(self.__name__), name)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self)


class _StandInLoader(Loader):
    def __init__(self, finder: _Finder, source: str) -> None:
        self._finder, self._source = finder, source

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = _StandIn(spec.name)
        module.finder, module.source = self._finder, self._source
        return module

    def exec_module(self, module: ModuleType) -> None:
        for name in STOOD_IN_FOR[module.__name__]:
            setattr(module, name, _Unloaded(name, (), {"finder": self._finder, "__module__": module.__name__}))


class _Finder(MetaPathFinder):
    """Finds the stand-ins until one of the real modules is needed."""

    active = True

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path) if fullname in STOOD_IN_FOR else None
        if spec is None or not isinstance(spec.loader, SourceLoader):
            return None
        return ModuleSpec(fullname, _StandInLoader(self, spec.loader.get_source(fullname) or ""))

    def real(self, name: str) -> ModuleType:
        """The real module of a name; from the first one on, there are no more stand-ins."""
        if self.active:
            self.active = False
            sys.meta_path.remove(self)
            for standing_in in STOOD_IN_FOR:
                sys.modules.pop(standing_in, None)
        return importlib.import_module(name)


def _register_when_named(recipe: Any, finder: _Finder) -> None:
    """Makes Rasa's recipe load a component that a configuration names: the real classes register themselves."""
    look_up = recipe._from_registry

    def from_registry(name: str) -> Any:
        for module, components in STOOD_IN_FOR.items():
            if name.rpartition(".")[2] in components:
                finder.real(module)
        return look_up(name)

    recipe._from_registry = staticmethod(from_registry)


def install() -> None:
    """Puts the stand-ins in place, in a process that has not imported the modules yet."""
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    from rasa.engine.recipes.default_recipe import DefaultV1Recipe  # noqa: PLC0415  (with the stand-ins in place)

    _register_when_named(DefaultV1Recipe, finder)
