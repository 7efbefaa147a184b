"""A Hugging Face Hub, as far as evidence needs it: the README of a repository at a commit."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from mlgate.domain.deadline import Deadline
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.registries.store import DigestStore
from mlgate.evidence.registries.transport import Caller
from mlgate.parsing.limits import CARD_LIMITS

_OK, _NOT_FOUND = 200, 404
_COMMIT = "X-Repo-Commit"
"""Header in which a Hub says of which commit an answer is."""


@dataclass
class HubClient:
    """Reads from the one endpoint an operator named.

    A commit of git is the digest of what it holds, so what was read at one is kept like what has a digest: if
    the Hub says that it is of that commit. A branch could be named like one, and what it holds changes.
    """

    caller: Caller
    endpoint: str
    """Address without a slash at its end, `https://huggingface.co`."""
    token_file: Path | None = None
    store: DigestStore = field(default_factory=DigestStore)

    async def readme(self, repository: str, commit: str, deadline: Deadline) -> bytes | None:
        """README.md of a repository, `owner/name`, at a commit; None when there is none.

        Raises:
            EvidenceUnavailable: the Hub did not answer, sends too much or of another commit, or the token
                cannot be read.
        """
        key = f"{repository}@{commit}"
        kept = self.store.get(key)
        if kept is not None:
            return kept
        url = f"{self.endpoint}/{repository}/raw/{commit}/README.md"
        answer = await self.caller.get(url, self._headers(), CARD_LIMITS.max_bytes, deadline)
        if answer.status == _NOT_FOUND:
            return None
        if answer.status != _OK:
            raise EvidenceUnavailable(f"the Hub answered with {answer.status} for {repository}")
        stated = answer.headers.get(_COMMIT)
        if stated is None:
            return answer.body
        if stated.lower() != commit.lower():
            raise EvidenceUnavailable(f"the Hub sent what is of another commit than {commit} of {repository}")
        self.store.keep(key, answer.body)
        return answer.body

    def _headers(self) -> dict[str, str]:
        if self.token_file is None:
            return {}
        try:
            return {"Authorization": f"Bearer {self.token_file.read_text().strip()}"}
        except (OSError, UnicodeDecodeError) as error:
            raise EvidenceUnavailable("the token for the Hub cannot be read") from error
