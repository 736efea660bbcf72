"""Entry point of `python -m nnlab`."""

from __future__ import annotations

from nnlab.cli.app import main

if __name__ == "__main__":
    main()
