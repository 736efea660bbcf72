"""Models, training and devices: the only code that imports TensorFlow and Keras.

Importing this package loads TensorFlow quietly, which takes seconds: commands import it inside
functions.
"""

from __future__ import annotations

from nnlab.engine.runtime.tensorflow import load_tensorflow

IMPORT_S = load_tensorflow()
"""Seconds that TensorFlow took to load; almost 0 if it was loaded already."""
