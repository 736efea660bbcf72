"""Data sets that come with nnlab: generated, packaged, or downloaded where Keras keeps them.

The arguments of the generated ones are scikit-learn's. A table among them has named columns; the
one to predict is `target`.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self, TypeVar

from pydantic import Field, model_validator

from nnlab.config.problems import Problem, problems_error
from nnlab.config.words.word import Word

Fraction = Annotated[float, Field(ge=0, lt=1)]
Count = Annotated[int, Field(gt=0)]
Spread = Annotated[float, Field(ge=0)]
Source = Literal["generated", "packaged", "download"]
Task = Literal["classification", "regression"]
RandomState = Annotated[int, Field(ge=0, lt=2**32)]

AnyDataset = TypeVar("AnyDataset", bound="Dataset")

NOISE = "Standard deviation of the Gaussian noise added to each feature."
TARGET_NOISE = "Standard deviation of the Gaussian noise added to the target."
OUTLIERS = "Fraction of the rows whose target is wildly too high."
ROWS = "Number of rows."
RANDOM_STATE = "Seed of the data alone; None: the experiment's seed."


class Dataset(Word):
    """A data set that needs no file of the user's.

    Each member says by its class variables what it holds, so that a list of them loads nothing.

    Args:
        source: Where the rows come from.
        task: Whether the target is a class or a number.
        size: Rows of a set of fixed size; None for a generated one.
        shape: Features, or the axes of one image, where they are fixed.
        instead: For a download, the offline set that serves in its place.
    """

    family: ClassVar[str] = "a data set"
    example: ClassVar[str] = "moons: {n_samples: 400}"
    source: ClassVar[Source] = "generated"
    task: ClassVar[Task] = "classification"
    size: ClassVar[int | None] = None
    shape: ClassVar[tuple[int, ...]] = (2,)
    instead: ClassVar[str] = ""


class Xor(Dataset):
    """Exclusive or: class 1 where exactly one of the two features is 1. No line separates it."""

    yaml_name: ClassVar[str] = "xor"
    n_samples: int = Field(4, ge=4, description="Number of rows, shared out over the four corners.")
    noise: Spread = Field(0.0, description=NOISE)
    random_state: RandomState | None = Field(None, description=RANDOM_STATE)


class Moons(Dataset):
    """Two interleaved half circles (`make_moons`)."""

    yaml_name: ClassVar[str] = "moons"
    n_samples: int = Field(400, ge=4, description=ROWS)
    noise: Spread = Field(0.2, description=NOISE)
    random_state: RandomState | None = Field(None, description=RANDOM_STATE)


class Circles(Dataset):
    """A small circle inside a large one (`make_circles`)."""

    yaml_name: ClassVar[str] = "circles"
    n_samples: int = Field(400, ge=4, description=ROWS)
    noise: Spread = Field(0.1, description=NOISE)
    factor: Fraction = Field(0.8, description="Radius of the inner circle; the outer one's is 1.")
    random_state: RandomState | None = Field(None, description=RANDOM_STATE)


class Spirals(Dataset):
    """Spiral arms around one centre, a class each: hard for a small net."""

    yaml_name: ClassVar[str] = "spirals"
    n_samples: int = Field(400, ge=4, description=ROWS)
    noise: Spread = Field(0.05, description=NOISE)
    n_classes: int = Field(2, ge=2, description="Number of arms.")
    turns: float = Field(1.0, gt=0, description="Turns that each arm makes.")
    random_state: RandomState | None = Field(None, description=RANDOM_STATE)

    @model_validator(mode="after")
    def _a_row_for_each_class(self) -> Self:
        return _at_least(self, self.n_classes, "classes")


class Blobs(Dataset):
    """Gaussian clouds, a class each (`make_blobs`)."""

    yaml_name: ClassVar[str] = "blobs"
    n_samples: int = Field(400, ge=4, description=ROWS)
    n_features: Count = Field(2, description="Number of features.")
    centers: int = Field(3, ge=2, description="Number of clouds, so of classes.")
    cluster_std: Spread = Field(1.0, description="Standard deviation of each cloud.")
    random_state: RandomState | None = Field(None, description=RANDOM_STATE)

    @model_validator(mode="after")
    def _a_row_for_each_class(self) -> Self:
        return _at_least(self, self.centers, "clouds")


class GaussianQuantiles(Dataset):
    """One Gaussian cloud cut into rings of equal size, a class each (`make_gaussian_quantiles`)."""

    yaml_name: ClassVar[str] = "gaussian_quantiles"
    n_samples: int = Field(400, ge=4, description=ROWS)
    n_features: Count = Field(2, description="Number of features.")
    n_classes: int = Field(3, ge=2, description="Number of rings.")
    random_state: RandomState | None = Field(None, description=RANDOM_STATE)

    @model_validator(mode="after")
    def _a_row_for_each_class(self) -> Self:
        return _at_least(self, self.n_classes, "classes")


class Classification(Dataset):
    """Clusters on a hypercube's corners, useless features among them (`make_classification`)."""

    yaml_name: ClassVar[str] = "classification"
    shape: ClassVar[tuple[int, ...]] = (20,)
    n_samples: int = Field(1000, ge=4, description=ROWS)
    n_features: Count = Field(20, description="Number of features.")
    n_informative: Count = Field(2, description="Features that tell the class.")
    n_redundant: int = Field(2, ge=0, description="Features that mix the informative ones.")
    n_classes: int = Field(2, ge=2, description="Number of classes.")
    n_clusters_per_class: Count = Field(2, description="Clusters of each class.")
    flip_y: Fraction = Field(0.01, description="Fraction of the rows with a class drawn by chance.")
    class_sep: float = Field(1.0, gt=0, description="Distance between the clusters.")
    random_state: RandomState | None = Field(None, description=RANDOM_STATE)

    @model_validator(mode="after")
    def _features_suffice(self) -> Self:
        problems = []
        if self.n_informative + self.n_redundant > self.n_features:
            message = (
                "n_features must be at least n_informative + n_redundant. "
                f"Received: {self.n_features} < {self.n_informative} + {self.n_redundant}."
            )
            problems.append(
                Problem(("n_features",), message, "Raise n_features, or lower the others.")
            )
        clusters = self.n_classes * self.n_clusters_per_class
        if clusters > 2**self.n_informative:
            message = (
                "n_classes * n_clusters_per_class must be at most 2 ** n_informative. "
                f"Received: {clusters} > {2**self.n_informative}."
            )
            problems.append(Problem(("n_informative",), message, "Raise n_informative."))
        if problems:
            raise problems_error(problems)
        return _at_least(self, clusters, "clusters")


class Hastie(Dataset):
    """Ten Gaussian features; the class is 1 far from the centre (`make_hastie_10_2`)."""

    yaml_name: ClassVar[str] = "hastie"
    shape: ClassVar[tuple[int, ...]] = (10,)
    n_samples: int = Field(2000, ge=4, description=ROWS)
    random_state: RandomState | None = Field(None, description=RANDOM_STATE)


class Linear(Dataset):
    """A straight line, target = slope * x + intercept, with noise and perhaps outliers."""

    yaml_name: ClassVar[str] = "linear"
    task: ClassVar[Task] = "regression"
    shape: ClassVar[tuple[int, ...]] = (1,)
    n_samples: int = Field(200, ge=4, description=ROWS)
    noise: Spread = Field(0.1, description=TARGET_NOISE)
    slope: float = Field(2.0, description="Slope of the line; x lies in [-1, 1].")
    intercept: float = Field(1.0, description="The line's height at x = 0.")
    outliers: Fraction = Field(0.0, description=OUTLIERS)
    random_state: RandomState | None = Field(None, description=RANDOM_STATE)


class Sine(Dataset):
    """A noisy curve, target = sin(2 pi * frequency * x), on few rows: shows overfitting."""

    yaml_name: ClassVar[str] = "sine"
    task: ClassVar[Task] = "regression"
    shape: ClassVar[tuple[int, ...]] = (1,)
    n_samples: int = Field(200, ge=4, description=ROWS)
    noise: Spread = Field(0.1, description=TARGET_NOISE)
    frequency: float = Field(0.5, gt=0, description="Waves on a length of 1; x lies in [-1, 1].")
    outliers: Fraction = Field(0.0, description=OUTLIERS)
    random_state: RandomState | None = Field(None, description=RANDOM_STATE)


class Regression(Dataset):
    """A random linear combination of Gaussian features (`make_regression`)."""

    yaml_name: ClassVar[str] = "regression"
    task: ClassVar[Task] = "regression"
    shape: ClassVar[tuple[int, ...]] = (10,)
    n_samples: int = Field(400, ge=4, description=ROWS)
    n_features: Count = Field(10, description="Number of features.")
    n_informative: Count = Field(10, description="Features that the target depends on.")
    n_targets: Count = Field(1, description="Number of targets: target, or target_1, target_2, …")
    bias: float = Field(0.0, description="The target where all features are 0.")
    noise: Spread = Field(0.0, description=TARGET_NOISE)
    outliers: Fraction = Field(0.0, description=OUTLIERS)
    random_state: RandomState | None = Field(None, description=RANDOM_STATE)


class Friedman1(Dataset):
    """A curved function of five features beside useless ones (`make_friedman1`)."""

    yaml_name: ClassVar[str] = "friedman1"
    task: ClassVar[Task] = "regression"
    shape: ClassVar[tuple[int, ...]] = (10,)
    n_samples: int = Field(400, ge=4, description=ROWS)
    n_features: int = Field(10, ge=5, description="Number of features.")
    noise: Spread = Field(0.0, description=TARGET_NOISE)
    random_state: RandomState | None = Field(None, description=RANDOM_STATE)


class Iris(Dataset):
    """Three species of iris by the size of their petals and sepals (Fisher, 1936)."""

    yaml_name: ClassVar[str] = "iris"
    source: ClassVar[Source] = "packaged"
    size: ClassVar[int | None] = 150
    shape: ClassVar[tuple[int, ...]] = (4,)


class Wine(Dataset):
    """Wines of three cultivars by their chemical analysis; its features differ widely in scale."""

    yaml_name: ClassVar[str] = "wine"
    source: ClassVar[Source] = "packaged"
    size: ClassVar[int | None] = 178
    shape: ClassVar[tuple[int, ...]] = (13,)


class BreastCancer(Dataset):
    """Malignant and benign tumours by the shape of their cell nuclei (Wisconsin)."""

    yaml_name: ClassVar[str] = "breast_cancer"
    source: ClassVar[Source] = "packaged"
    size: ClassVar[int | None] = 569
    shape: ClassVar[tuple[int, ...]] = (30,)


class Digits(Dataset):
    """Small images of handwritten digits, 8 by 8 pixels of 0 to 16."""

    yaml_name: ClassVar[str] = "digits"
    source: ClassVar[Source] = "packaged"
    size: ClassVar[int | None] = 1797
    shape: ClassVar[tuple[int, ...]] = (8, 8)


class Diabetes(Dataset):
    """Progress of diabetes after a year, from ten measurements of the patient."""

    yaml_name: ClassVar[str] = "diabetes"
    source: ClassVar[Source] = "packaged"
    task: ClassVar[Task] = "regression"
    size: ClassVar[int | None] = 442
    shape: ClassVar[tuple[int, ...]] = (10,)
    scaled: bool = Field(
        default=True,
        description="Features centred and scaled, as scikit-learn ships them; false: raw.",
    )


class Mnist5k(Dataset):
    """5,000 real MNIST digits, 28 by 28 grey pixels, 500 of each; they need no network."""

    yaml_name: ClassVar[str] = "mnist_5k"
    source: ClassVar[Source] = "packaged"
    size: ClassVar[int | None] = 5000
    shape: ClassVar[tuple[int, ...]] = (28, 28)


class Mnist(Dataset):
    """70,000 handwritten digits, 28 by 28 grey pixels, 10,000 of them for the test."""

    yaml_name: ClassVar[str] = "mnist"
    source: ClassVar[Source] = "download"
    size: ClassVar[int | None] = 70_000
    shape: ClassVar[tuple[int, ...]] = (28, 28)
    instead: ClassVar[str] = "mnist_5k"


class FashionMnist(Dataset):
    """70,000 pictures of ten kinds of clothes, 28 by 28 grey pixels, 10,000 for the test."""

    yaml_name: ClassVar[str] = "fashion_mnist"
    source: ClassVar[Source] = "download"
    size: ClassVar[int | None] = 70_000
    shape: ClassVar[tuple[int, ...]] = (28, 28)
    instead: ClassVar[str] = "mnist_5k"


class Cifar10(Dataset):
    """60,000 photographs of ten kinds, 32 by 32 pixels of three colours, 10,000 for the test."""

    yaml_name: ClassVar[str] = "cifar10"
    source: ClassVar[Source] = "download"
    size: ClassVar[int | None] = 60_000
    shape: ClassVar[tuple[int, ...]] = (32, 32, 3)
    instead: ClassVar[str] = "mnist_5k"


class CaliforniaHousing(Dataset):
    """House value, in dollars, of Californian districts (census of 1990), a fifth for the test."""

    yaml_name: ClassVar[str] = "california_housing"
    source: ClassVar[Source] = "download"
    task: ClassVar[Task] = "regression"
    size: ClassVar[int | None] = 20_640
    shape: ClassVar[tuple[int, ...]] = (8,)
    instead: ClassVar[str] = "diabetes"
    version: Literal["large", "small"] = Field("large", description="small: the first 600 rows.")


class BostonHousing(Dataset):
    """House value, in thousands of dollars, of Boston's suburbs in the 1970s, a fifth for the test.

    Its column `b` rests on a racist assumption: take this set to discuss that, and
    `california_housing` otherwise.
    """

    yaml_name: ClassVar[str] = "boston_housing"
    source: ClassVar[Source] = "download"
    task: ClassVar[Task] = "regression"
    size: ClassVar[int | None] = 506
    shape: ClassVar[tuple[int, ...]] = (13,)
    instead: ClassVar[str] = "diabetes"


class Reuters(Dataset):
    """11,228 news stories of 46 topics, each as the words it holds, a fifth for the test."""

    yaml_name: ClassVar[str] = "reuters"
    source: ClassVar[Source] = "download"
    size: ClassVar[int | None] = 11_228
    shape: ClassVar[tuple[int, ...]] = (10_000,)
    instead: ClassVar[str] = "digits"
    num_words: int = Field(
        10_000, gt=3, description="Features: the words kept, most frequent first."
    )


class Imdb(Dataset):
    """50,000 film reviews, good or bad, each as the words it holds, half for the test."""

    yaml_name: ClassVar[str] = "imdb"
    source: ClassVar[Source] = "download"
    size: ClassVar[int | None] = 50_000
    shape: ClassVar[tuple[int, ...]] = (10_000,)
    instead: ClassVar[str] = "breast_cancer"
    num_words: int = Field(
        10_000, gt=3, description="Features: the words kept, most frequent first."
    )


def _at_least(word: AnyDataset, rows: int, what: str) -> AnyDataset:
    """The word itself, if it has a row for each of some things."""
    n_samples = getattr(word, "n_samples", 0)
    if n_samples < rows:
        message = f"Expected a row for each of {rows} {what}. Received: n_samples={n_samples}."
        raise problems_error([Problem(("n_samples",), message, "Raise n_samples.")])
    return word
