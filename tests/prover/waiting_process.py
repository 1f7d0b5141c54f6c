"""A matcher's wait in a process of its own: `waiting_process.py DATABASE`; it says how it ended."""

from __future__ import annotations

import sys

from prover.artifacts import build
from prover.database import open_database
from prover.errors import StoppedError
from prover.lease import Leases
from prover.prover import Prover
from prover.shared import SharedProver
from tests.circuits.runs import RUNS, job
from venue.command.options import stop_on_signal


def main(database: str) -> None:
    stop = stop_on_signal()
    local = Prover(build("requests_minimal", lambda text: None))
    asking = SharedProver(Leases(open_database(database)), local, stop, patience=10_000)
    print("waiting", flush=True)
    try:
        asking.prove(job(RUNS[0]))
    except StoppedError as error:
        print(f"stopped: {error}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
