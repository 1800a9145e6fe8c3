"""Reading a file of rows: what `catalog.sheets` offers, under the name by which this stage knows it."""

from __future__ import annotations

from catalog.sheets import LARGEST, NAMELESS, Records, check_cells, check_sheet, parse_csv, read_bytes

__all__ = ["LARGEST", "NAMELESS", "Records", "check_cells", "check_sheet", "parse_csv", "read_bytes"]
