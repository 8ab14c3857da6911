"""Proof of work instead of accounts: a puzzle that a phone solves in a second or two, and that keeps floods out.

Puzzles are altcha's (version 1, SHA-256, https://altcha.org/docs/proof-of-work/). The key lives in memory and is gone
with the process; nothing in a puzzle or its solution tells who solved it. A solution is taken once.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import secrets
import threading
import time
from typing import TYPE_CHECKING, ClassVar, Final

import msgspec
from altcha import v1

from routing.errors import SidestepError

if TYPE_CHECKING:
    from collections.abc import Callable

VALID_S: Final = 1200  # so long a puzzle may wait for its solution
_MOST_SPENT: Final = 100_000  # solutions remembered; more within their time means a flood
_MOST_TEXT: Final = 2000  # characters of a solution


class BadProofError(SidestepError):
    """A proof of work is wrong, too old, or was used before."""

    code: ClassVar[str] = "bad-proof"


class FloodError(SidestepError):
    """More proofs than can be remembered."""

    code: ClassVar[str] = "busy"


class _Solution(msgspec.Struct, frozen=True):
    algorithm: str
    challenge: str
    number: int
    salt: str
    signature: str


class Proofs:
    """The puzzles of one process.

    Parameters
    ----------
    work
        The greatest number that may be the answer: half as many hashes are needed in the mean.

    Examples
    --------
    >>> proofs = Proofs(10)
    >>> sorted(proofs.puzzle())
    ['algorithm', 'challenge', 'maxnumber', 'salt', 'signature']
    """

    def __init__(self, work: int, *, clock: Callable[[], float] = time.time) -> None:
        self._work = work
        self._clock = clock
        self._key = secrets.token_hex(32)
        self._spent: dict[str, float] = {}  # signature -> when it may be forgotten, oldest first
        self._lock = threading.Lock()

    def puzzle(self) -> dict[str, object]:
        """Make a puzzle."""
        expires = dt.datetime.fromtimestamp(self._clock() + VALID_S, dt.UTC)
        options = v1.ChallengeOptions(algorithm="SHA-256", max_number=self._work, hmac_key=self._key, expires=expires)
        made = v1.create_challenge(options)
        return {
            "algorithm": made.algorithm,
            "challenge": made.challenge,
            "maxnumber": self._work,
            "salt": made.salt,
            "signature": made.signature,
        }

    def spend(self, text: str) -> None:
        """Take a solution, once.

        Raises
        ------
        BadProofError
            If it is none, too old, or was taken before.
        FloodError
            If too many were taken lately.
        """
        solution = _read(text)
        right, _ = v1.verify_solution(text, self._key)
        if not right:
            raise BadProofError("the proof of work is wrong or too old; ask for a new puzzle")
        now = self._clock()
        with self._lock:
            while self._spent and next(iter(self._spent.values())) < now:
                del self._spent[next(iter(self._spent))]
            if solution.signature in self._spent:
                raise BadProofError("the proof of work was used before; ask for a new puzzle")
            if len(self._spent) >= _MOST_SPENT:
                raise FloodError("too many reports come in; try again later")
            self._spent[solution.signature] = now + VALID_S + 1


def _read(text: str) -> _Solution:
    """Look at a solution before altcha does, which expects well-meant ones."""
    try:
        if len(text) > _MOST_TEXT:
            raise BadProofError("the proof of work is no solution of a puzzle")
        return msgspec.json.decode(base64.b64decode(text, validate=True), type=_Solution)
    except (binascii.Error, ValueError, msgspec.MsgspecError, RecursionError):
        raise BadProofError("the proof of work is no solution of a puzzle") from None
