"""The `tensorboard` section: what is logged for TensorBoard, by the callback's own names."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from nnlab.config.vocabulary.component import Section
from nnlab.config.vocabulary.unions import ShapeUnion


class TensorBoardConfig(Section):
    """What is written under the run's `tensorboard/` (`keras.callbacks.TensorBoard`)."""

    section_key: ClassVar[str] = "tensorboard"

    histogram_freq: int = Field(
        0, ge=0, description="Weight histograms every so many epochs; 0: none."
    )
    write_graph: bool = Field(True, description="The Keras graph and the graph of operations.")
    write_images: bool = Field(False, description="Weights as pictures, with the histograms.")
    update_freq: Annotated[
        Literal["epoch", "batch"] | Annotated[int, Field(gt=0)], ShapeUnion()
    ] = Field(
        "epoch",
        description="When losses and metrics are logged: each epoch, batch, or N batches.",
    )
    profile_batch: Annotated[
        Annotated[int, Field(ge=0)]
        | Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=2, max_length=2)],
        ShapeUnion(),
    ] = Field(0, description="The batch, or first and last batch, to profile; 0: none.")

    @classmethod
    def display_name(cls) -> str:
        """What messages call this section."""
        return "tensorboard"
