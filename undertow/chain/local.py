"""Whether a chain is somebody's own, where keys that everybody knows do no harm."""

from __future__ import annotations

from undertow.chain.chain import Chain
from undertow.chain.errors import ChainUnreachableError

CHAIN_IDS = (31337, 1337)
"""Of development nodes; real chains have them too, so the node has to say what it is as well."""
CLIENTS = ("anvil/", "hardhatnetwork/")


def is_local(chain: Chain) -> bool:
    """Return whether id and node are a development chain's; raises ChainUnreachableError."""
    if chain.chain_id not in CHAIN_IDS:
        return False
    try:
        client = str(chain.node.ask("web3_clientVersion", []))
    except ChainUnreachableError:  # Not every node has the method.
        return False
    return client.lower().startswith(CLIENTS)
