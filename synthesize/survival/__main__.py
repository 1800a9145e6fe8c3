"""`python -m synthesize.survival`; the command is in `synthesize.survival.command`."""

from catalog.cli import run
from synthesize.survival.command import app

if __name__ == "__main__":
    run(app, "python -m synthesize.survival")
