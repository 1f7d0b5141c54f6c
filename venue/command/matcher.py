"""`undertow matcher`."""

from __future__ import annotations

import typer

from venue.command.options import stop_on_signal

app = typer.Typer(no_args_is_help=True, help="Run the matcher.")


@app.command("run")
def run(host: str = "127.0.0.1", port: int = 8000) -> None:
    """Run intake and the settlement loop; keys and settings come from variables.

    UNDERTOW_OPERATOR_KEY (a key file), UNDERTOW_PASSPHRASE, UNDERTOW_CHAIN_KEY, UNDERTOW_LOG_PATH,
    UNDERTOW_EPOCH, UNDERTOW_ENVELOPE_SECRET (96 random bytes in hex), UNDERTOW_RECEIPT_SECRET (32).

    With defaults: UNDERTOW_RPC, UNDERTOW_DEPLOYMENT, UNDERTOW_JOURNAL_PATH,
    UNDERTOW_BAND_BP; behind a proxy raise UNDERTOW_CONNECTIONS_PER_ADDRESS and
    UNDERTOW_GARBAGE_PER_ADDRESS.

    A batch closes every UNDERTOW_RHYTHM_SECONDS, empty or not, so that none tells that somebody
    traded; each costs gas and a proof. UNDERTOW_QUIET_SECONDS lets a venue without orders rest;
    with a rhythm of 0 batches close when something waits (UNDERTOW_LINGER_SECONDS,
    UNDERTOW_IDLE_SECONDS). Either shows when somebody came.

    To share proof jobs: UNDERTOW_JOBS, UNDERTOW_PROVER_PORT, UNDERTOW_PROVER_HOST,
    UNDERTOW_PROVER_TOKENS, UNDERTOW_PROVER_PATIENCE_SECONDS.
    """
    from matcher.run import run as run_matcher

    run_matcher(host, port, stop_on_signal())
