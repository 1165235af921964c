"""From a model reference to a loaded model; one model in memory at a time.

A backend is named by the dotted path of its load function, so that a process which never generates
(the web server) never imports torch.
"""

import gc
import threading
from collections.abc import Callable
from importlib import import_module

from generation.backends.base import Backend, BackendUnavailableError, ModelRef

LOADERS: dict[str, str] = {
    "transformers": "generation.backends.transformers_local.load",
    "openai": "generation.backends.openai_compatible.load",
}

_loaded: dict[ModelRef, Backend] = {}
_lock = threading.Lock()


def load_backend(ref: ModelRef) -> Backend:
    """Return the model's backend, loading it when this process has another one or none.

    Raises BackendUnavailableError.
    """
    with _lock:
        if ref not in _loaded:
            unload_all()
            _loaded[ref] = _load(ref)
        return _loaded[ref]


def _load(ref: ModelRef) -> Backend:
    load = _loader(ref.backend)
    try:
        return load(ref)
    except BackendUnavailableError:
        raise
    except Exception as error:
        # Files from anywhere make libraries raise anything; unnamed, it would leave a run waiting for ever.
        raise BackendUnavailableError(
            f"The model {ref.model} cannot be loaded: {type(error).__name__}."
        ) from error


def unload_all() -> None:
    """Forget the loaded model, so that its memory is free before the next one is read."""
    _loaded.clear()
    gc.collect()


def _loader(backend: str) -> Callable[[ModelRef], Backend]:
    if backend not in LOADERS:
        raise BackendUnavailableError(
            f"There is no backend '{backend}'; there are: {', '.join(sorted(LOADERS))}."
        )
    module, _, function = LOADERS[backend].rpartition(".")
    try:
        loader: Callable[[ModelRef], Backend] = getattr(import_module(module), function)
    except ImportError as error:
        raise BackendUnavailableError(
            f"The backend '{backend}' needs the package {error.name}, which is not installed here."
        ) from error
    return loader
