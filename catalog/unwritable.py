"""A folder that cannot be written, or a full disk, as something the person can put right."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalog.errors import InvalidInput, Problem

REMEDY = "Choose a folder that can be written with --data, or make room on the disk"
OF_PLACE = frozenset(
    [errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.ENOTDIR, errno.ENOENT, errno.EISDIR,
     errno.EFBIG, errno.ENAMETOOLONG]
)  # fmt: skip
"""What the operating system says of a place rather than of the program."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Raise `InvalidInput` when the operating system does not let the block write to `path`; the engine tells by text.

    The engine (delta-rs) ends such messages with the number of the error: ``(os error 28)``.
    """
    try:
        yield
    except Exception as error:  # the engine has no class of its own for what the operating system refused
        told = re.findall(r"\(os error (\d+)\)", str(error))
        number = error.errno if isinstance(error, OSError) and error.errno else int(told[-1]) if told else None
        if number not in OF_PLACE:
            raise
        raise InvalidInput([unwritable(path, number)]) from error


def unwritable(path: object, number: int) -> Problem:
    """Return the problem that `path` cannot be written, with the operating system's words."""
    return Problem(f"cannot be written: {os.strerror(number)}", file=str(path), remedy=REMEDY)
