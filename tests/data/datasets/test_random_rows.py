from __future__ import annotations

from nnlab.config.vocabulary.datasets.downloads import Imdb, Mnist
from nnlab.config.vocabulary.datasets.packaged import Digits
from nnlab.data.datasets.random_rows import random_rows, supports_random_rows


def test_random_rows_have_the_shape_of_the_data_set() -> None:
    rows = random_rows(Mnist())
    images = rows.inputs["input"]
    assert (images.shape, images.dtype.name, rows.test_rows) == ((70_000, 28, 28), "uint8", 10_000)
    assert (images[:10] == random_rows(Mnist()).inputs["input"][:10]).all()


def test_random_rows_replace_only_downloaded_images() -> None:
    assert supports_random_rows(Mnist())
    assert not any(map(supports_random_rows, (Imdb(), Digits(), None)))
