"""Whether a run was reproduced bit by bit: tables and verdict."""

from __future__ import annotations

from nnlab.analysis.equality import Equality, MetricDifference
from nnlab.report.runs.comparison import differences_table
from nnlab.report.text.table import Cell, Column, Table
from nnlab.text import plural

_UNKNOWN_CAUSE = (
    "No recorded setting differs. Data, drivers, or nondeterministic sums on a GPU can still change"
    " the last digits."
)


def equality_tables(equality: Equality, original_id: str, reproduced_id: str) -> list[Table]:
    """Return what was compared, and if not equal the differences in metrics and environment."""
    metrics = Cell("equal", "success") if equality.metrics else Cell("not compared: none", "dim")
    if equality.metric_differences:
        metrics = Cell("different", "error")
    rows = [
        (Cell("run"), Cell(original_id)),
        (Cell("reproduced as"), Cell(reproduced_id)),
        (Cell("metrics.csv"), _epochs_cell(equality)),
        (Cell("final metrics"), metrics),
        (Cell("weights"), _weights_cell(equality)),
    ]
    if any(reason is not None for reason in equality.failures):
        original, reproduced = (
            "none" if reason is None else _first_sentence(reason) for reason in equality.failures
        )
        failure = (
            Cell(f"original: {original}; reproduced: {reproduced}", "error")
            if equality.failure is None
            else Cell(f"same: {original}", "success")
        )
        rows.append((Cell("failure"), failure))
    tables = [Table("", (Column(""), Column("")), tuple(rows))]
    if equality.is_equal:
        return tables
    first = [equality.first_difference] if equality.first_difference is not None else []
    if first or equality.metric_differences:
        tables.append(_differences_table([*first, *equality.metric_differences]))
    notes = equality.notes if equality.environment or equality.notes else (_UNKNOWN_CAUSE,)
    titles = "original", "reproduced"
    tables.append(differences_table("Environment differences", equality.environment, titles, notes))
    return tables


def reproduction_verdict(equality: Equality) -> str:
    """Return the verdict in one or two sentences, limited to what was compared."""
    if not equality.has_results:
        return "Nothing to compare: the run has neither metrics nor weights."
    if not equality.is_equal:
        return "Not equal."
    if equality.failure is not None:
        verdict = f"Both runs failed with the same error: {_first_sentence(equality.failure)}."
        epochs = f"The {plural(equality.epochs, 'epoch')} before it are bitwise equal."
        return f"{verdict} {epochs}" if equality.epochs else verdict
    parts = (("metrics.csv", equality.epochs_skipped), ("weights", equality.weights_skipped))
    skipped = [f"; {part} not compared: {reason}" for part, reason in parts if reason]
    if skipped:
        return f"Bitwise equal as far as compared{''.join(skipped)}."
    return "Bitwise equal."


def _epochs_cell(equality: Equality) -> Cell:
    if equality.first_difference is None:
        if not equality.epochs:
            return Cell(f"not compared: {equality.epochs_skipped or 'no epochs'}", "dim")
        return Cell(f"equal in {plural(equality.epochs, 'epoch')}", "success")
    epoch = equality.first_difference.epoch
    if epoch is None:
        return Cell("different number of epochs", "error")
    return Cell(f"different from epoch {epoch} on", "error")


def _weights_cell(equality: Equality) -> Cell:
    if equality.weights_equal is None:
        return Cell(f"not compared: {equality.weights_skipped}", "dim")
    if equality.largest_weight_difference is None:
        return Cell("shape mismatch", "error")
    if equality.weights_equal:
        return Cell("equal", "success")
    return Cell(f"different by up to {equality.largest_weight_difference:.2g}", "error")


def _first_sentence(error: str) -> str:
    """Return an error without its hints."""
    return error.partition(". ")[0].rstrip(".") or "no reason is recorded"


def _differences_table(metrics: list[MetricDifference]) -> Table:
    columns = (
        Column("metric"),
        Column("original", right=True),
        Column("reproduced", right=True),
        Column("difference", right=True),
    )
    rows = []
    for metric in metrics:
        name = metric.name if metric.epoch is None else f"{metric.name}, epoch {metric.epoch}"
        pair = metric.original, metric.reproduced
        values = ["-" if value is None else repr(value) for value in pair]
        text = "-"
        if metric.original is not None and metric.reproduced is not None:
            difference = metric.reproduced - metric.original
            # Numbers of epochs are integers.
            text = str(difference) if isinstance(difference, int) else f"{difference:.2g}"
        rows.append((Cell(name), *map(Cell, values), Cell(text)))
    return Table("Metrics that differ", columns, tuple(rows))
