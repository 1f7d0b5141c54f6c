"""Files and folders written whole: beside their place, then renamed there.

`native/src/files/map.rs` writes files in the same way.

The native core maps files that others may replace meanwhile. A rename leaves a mapped file as it
was; writing over it would change it under its reader.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file whose content is at `path` once the `with` block ends, and not if it raises.

    Raises:
        OSError: the file cannot be written.
    """
    # Not `tempfile`: its files are for their owner alone, and a deployment is for everybody.
    partial = path.with_name(f"{path.name}.{uuid.uuid4().hex}.partial")
    try:
        with partial.open("xb") as file:
            yield file
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Give a folder to fill, which is at `path` once the `with` block ends, and not if it raises.

    For folders that are named by their content: one that another process put there first stays.

    Raises:
        OSError: the folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="partial-", dir=path.parent))
    try:
        yield work
        try:
            work.rename(path)
        except OSError:
            if not path.is_dir():
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
