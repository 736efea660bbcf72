"""The only code that imports TensorFlow and Keras: models, their training, devices.

Importing this package loads TensorFlow, once and without noise. It takes seconds: commands import
it inside functions.
"""

from __future__ import annotations

from nnlab.engine.runtime.tensorflow import load_tensorflow

IMPORT_S = load_tensorflow()
"""How long TensorFlow took to load, in seconds; next to nothing where somebody had done so."""
