"""The queue's service as a worker sees it: whatever it answers, right or a QueueError."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

from prover.errors import JobTextError, QueueError
from prover.inputs import Job
from prover.job_text import LARGEST_JOB, decode, encode_proof
from prover.proof import Proof
from undertow import foreign_json

_HEX = re.compile(r"[0-9a-f]{1,64}")
TIMEOUT = httpx.Timeout(30, connect=5)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that this worker holds."""

    job: str
    circuit: str
    token: str
    content: Any
    """What `decode` takes; it may be wrong."""

    def decoded(self) -> Job:
        """Return the job; raises JobTextError."""
        return decode(self.content)


class RemoteQueue:
    """One service; every method raises QueueError where it has no good answer."""

    def __init__(self, url: str, token: str, transport: httpx.BaseTransport | None = None) -> None:
        """Raise QueueError for an address to which a token and jobs would go in the clear."""
        try:
            parsed = httpx.URL(url)
        except (httpx.InvalidURL, TypeError) as error:
            raise QueueError(f"{url} is no address: {error}") from error
        if parsed.scheme != "https" and not (parsed.scheme == "http" and _is_here(parsed.host)):
            raise QueueError(f"{url}: jobs hold secrets; name the queue by https://")
        self._client = httpx.Client(
            base_url=parsed,
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT,
            transport=transport,
        )

    def __enter__(self) -> Self:
        """Keep connections until the `with` block ends."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close them."""
        self._client.close()

    def claim(self, circuits: Sequence[str]) -> Claimed | None:
        """Ask for a job of these circuits; None if none waits."""
        status, body = self._post("claim", circuits=" ".join(circuits))
        if status == httpx.codes.NO_CONTENT:
            return None
        try:
            answer = foreign_json.read(body, LARGEST_JOB)
            job, circuit, token = (answer[name] for name in ("job", "circuit", "token"))
            # They are told to a terminal, too.
            if not all(_HEX.fullmatch(text) for text in (job, circuit, token)):
                raise ValueError("job, circuit and token are digits of hex")
            return Claimed(job, circuit, token, answer["content"])
        except (ValueError, TypeError, KeyError) as error:
            raise JobTextError(f"the queue's answer is no job: {error}") from error

    def heartbeat(self, held: Claimed) -> bool:
        """Give a sign of life; return whether the lease stands."""
        return self._tell("heartbeat", held)

    def result(self, held: Claimed, proof: Proof) -> bool:
        """Hand a proof in; return whether the lease stood."""
        return self._tell("result", held, proof=encode_proof(proof).decode())

    def failure(self, held: Claimed, reason: str) -> bool:
        """Say why there is no proof; return whether the lease stood."""
        return self._tell("failure", held, reason=reason)

    def release(self, held: Claimed) -> bool:
        """Give the job back, which is nobody's failure; return whether the lease stood."""
        return self._tell("release", held)

    def _tell(self, what: str, held: Claimed, **more: str) -> bool:
        status, _ = self._post(what, job=held.job, token=held.token, **more)
        return status != httpx.codes.CONFLICT

    def _post(self, what: str, **fields: str) -> tuple[int, bytes]:
        body = bytearray()
        try:
            with self._client.stream("POST", f"/jobs/{what}", json=fields) as answer:
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > LARGEST_JOB:
                        raise QueueError(f"the queue's answer has more than {LARGEST_JOB} bytes")
        except (httpx.HTTPError, httpx.StreamError, ValueError) as error:
            raise QueueError(f"the queue: {type(error).__name__}: {error}") from error
        good = (httpx.codes.OK,) if what == "claim" else (httpx.codes.CONFLICT,)
        if answer.status_code not in (*good, httpx.codes.NO_CONTENT):
            told = body[:200].decode(errors="replace")
            shown = "".join(sign for sign in told if sign.isprintable())
            raise QueueError(f"the queue answers {answer.status_code} to {what}: {shown}")
        return answer.status_code, bytes(body)


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
