"""``python -m synthesize.survival``."""

from catalog.cli import run
from synthesize.survival.command import app

run(app, "python -m synthesize.survival")
