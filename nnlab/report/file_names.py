"""Names of files that a user asks for: what is written must be what the name says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlab.errors import RequestError

if TYPE_CHECKING:
    from pathlib import Path

PICTURES = (".svg", ".png")
PAGES = (".html", ".htm")


def check_suffix(path: Path, suffixes: tuple[str, ...], what: str) -> None:
    """Refuses a file whose name says that it holds something else.

    A config that was named by mistake would be replaced.

    Args:
        path: The file.
        suffixes: What its name may end with, in lower case; the first is proposed.
        what: What is to be written, for the message: "a picture".

    Raises:
        RequestError: The name ends otherwise.

    Example:
        >>> from pathlib import Path
        >>> check_suffix(Path("Curves.PNG"), PICTURES, "a picture")
    """
    if path.suffix.lower() not in suffixes:
        message = f"Expected the name of {what}, {' or '.join(suffixes)}."
        proposed = path.with_suffix(suffixes[0]).name
        raise RequestError(f"{message} Received: path={str(path)!r}. Name it {proposed!r}, say.")
