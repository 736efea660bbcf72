"""The `tensorboard` section, with the argument names of Keras' callback."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from nnlab.config.vocabulary.component import Section
from nnlab.config.vocabulary.unions import ShapeUnion


class TensorBoardConfig(Section):
    """TensorBoard logs of a run (`keras.callbacks.TensorBoard`)."""

    section_key: ClassVar[str] = "tensorboard"

    histogram_freq: int = Field(
        0, ge=0, description="Epochs between weight histograms; 0: no histograms."
    )
    write_graph: bool = Field(True, description="Whether to write the graph of the model.")
    write_images: bool = Field(
        False, description="Whether to write weights as images, with the histograms."
    )
    update_freq: Annotated[
        Literal["epoch", "batch"] | Annotated[int, Field(gt=0)], ShapeUnion()
    ] = Field(
        "epoch",
        description="Log losses and metrics every epoch, every batch, or every N batches.",
    )
    profile_batch: Annotated[
        Annotated[int, Field(ge=0)]
        | Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=2, max_length=2)],
        ShapeUnion(),
    ] = Field(0, description="Batch to profile, or the first and last one; 0: no profiling.")

    @classmethod
    def display_name(cls) -> str:
        """Return the name of this section in messages."""
        return "tensorboard"
