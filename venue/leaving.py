"""What an account proves to leave a venue, from the chain and its own key alone."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass
from pathlib import Path

from prover import artifacts
from prover.exit_inputs import NAME, exit_job
from prover.proof import Proof
from prover.prover import Prover
from undertow.chain.check import EXIT_VERIFIER, check_keys
from undertow.chain.contracts import Contracts
from undertow.chain.history import Followed
from undertow.chain.logs import Progress
from undertow.chain.recovery import recover
from undertow.errors import UndertowError
from undertow.protocol.owed import Owed

KIBI = 1 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """What an account is owed by the last root, and its proof."""

    owed: Owed
    root: int
    proof: Proof
    recover_seconds: float
    """To make the state again from the chain."""
    prove_seconds: float
    """Witness, constraints, proof and its verification; the key is loaded before."""

    @property
    def memory_mib(self) -> int:
        """The most memory that this process has taken."""
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // KIBI


def prove_exit(
    contracts: Contracts,
    own: Followed,
    folder: Path,
    say: artifacts.Progress,
    progress: Progress | None = None,
) -> Proven:
    """Return what an account is owed by the chain's last root, proved and verified.

    ``own`` is the account before all settlements; see `recover`.

    Raises:
        UndertowError: the account is not in the state, the chain's exit verifier has another key
            than the build at hand, or what `recover` and `Prover.prove` raise.
    """
    prover = Prover(artifacts.chosen(NAME, contracts.deployment.keys, say))
    check_keys(contracts, {EXIT_VERIFIER: prover.verifying_key})
    started = time.perf_counter()
    found = recover(contracts, [own], folder, progress)
    path, (held,) = found.path(own.index), found.own
    if not path.leaf:
        raise UndertowError(
            f"account {own.index} is not in the state: what came with its opening is handed back"
        )
    recovered = time.perf_counter()
    job = exit_job(held.account, path, contracts.deployment.group.params)
    proof = prover.prove(job)
    return Proven(
        owed=job.owed,
        root=job.signals[0],
        proof=proof,
        recover_seconds=recovered - started,
        prove_seconds=time.perf_counter() - recovered,
    )
