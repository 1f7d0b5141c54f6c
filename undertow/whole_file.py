"""Files written whole: beside their place, then renamed there, as `native/src/files/map.rs` does.

The native core maps files that others may replace meanwhile. A rename leaves a mapped file as it
was; writing over it would change it under its reader.
"""

from __future__ import annotations

import os
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
    # Not `tempfile`: its files are for their owner alone, and a folder of jobs has several users.
    partial = path.with_name(f"{path.name}.{uuid.uuid4().hex}.partial")
    try:
        with partial.open("xb") as file:
            yield file
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
