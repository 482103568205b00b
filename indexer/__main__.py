"""`python -m indexer`: every command but `serve`."""

import sys

from indexer.commands import cli, run

if __name__ == "__main__":
    sys.exit(run(cli, "python -m indexer"))
