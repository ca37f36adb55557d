"""The branches' seals: found in a folder, opened once, put on documents. Keys stay there, or in their token."""

import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from contracts.sealing import seal as made
from contracts.sealing.apply import Stamping
from contracts.sealing.apply import apply as put_on
from contracts.sealing.seal import Seal, SealUnusable
from dispatch.domain.errors import N_, Busy
from dispatch.store.branches import Branch

__all__ = ["Office", "Seal", "SealUnusable", "SealedPdf", "Seals"]

EXPIRY_WARNING = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Office:
    """Whose seal it is: what stands in the certificate of one that is made here."""

    code: str
    company: str
    branch: str
    registration: str

    @classmethod
    def of(cls, branch: Branch) -> "Office":
        """A branch's."""
        return cls(branch.code, branch.company_name, branch.name, branch.registration)


@dataclass(frozen=True, slots=True)
class SealedPdf:
    """A document as it goes to the customer, and the certificate it was sealed with."""

    pdf: bytes
    fingerprint: str
    certificate: str
    timestamped: bool


class Seals:
    """A folder with a seal for each branch: `CODE.p12` (PKCS#12), or `CODE.toml` naming a token (PKCS#11).

    `self_made`: where a branch has none, one is made at its first document. That is for trying the service out; a real
    office is told to run `homeward seal init` or to bring its own. Safe for many threads.
    """

    def __init__(
        self, folder: Path, passphrase: str, pin: str, *, stamping: Stamping | None = None, self_made: bool = False
    ) -> None:
        self._folder, self._passphrase, self._pin = folder, passphrase, pin
        self._stamping, self._self_made = stamping, self_made
        self._opened: dict[str, tuple[int, Seal]] = {}
        self._lock = threading.Lock()

    def seal(self, office: Office, pdf: bytes, at: datetime) -> SealedPdf:
        """Put the office's seal on. Raises Busy when it has none that can be used now: nothing is signed then."""
        try:
            seal = self.of(office, at)
        except SealUnusable as error:
            raise Busy(
                "seal_missing", N_("The company seal cannot be used (%(why)s): nothing was signed"), why=str(error)
            ) from error
        if seal.expires_at <= at:
            raise Busy("seal_expired", N_("The company seal has run out: nothing was signed. Please tell the manager"))
        done = put_on(pdf, seal, at, stamping=self._stamping)
        return SealedPdf(done.pdf, seal.fingerprint, seal.pem, done.timestamped)

    def of(self, office: Office, at: datetime) -> Seal:
        """The office's seal. Raises SealUnusable with what to do."""
        with self._lock:
            path = self.path(office.code)
            if path is None and self._self_made:
                path = self.make(office, at)
            if path is None:
                raise SealUnusable(f"branch {office.code} has no seal: run `homeward seal init`")
            changed = path.stat().st_mtime_ns
            known = self._opened.get(office.code)
            if known is None or known[0] != changed:
                known = self._opened[office.code] = (changed, self._open(path))
            return known[1]

    def path(self, code: str) -> Path | None:
        """The file of a branch's seal; None where it has none. A token comes before a file."""
        return next((path for kind in ("toml", "p12") if (path := self._folder / f"{code}.{kind}").is_file()), None)

    def make(self, office: Office, at: datetime) -> Path:
        """Make a seal for the office and keep it, readable by the service only. Raises SealUnusable where there is one.

        Two processes may do so at once: the first one's is kept.
        """
        if not self._passphrase:
            raise SealUnusable("set HOMEWARD_SEAL_PASSPHRASE: the key is kept encrypted")
        path = self._folder / f"{office.code}.p12"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        content = made.self_signed(office.company, office.branch, office.registration, self._passphrase, at)
        with tempfile.NamedTemporaryFile(dir=self._folder) as draft:  # readable by us only
            draft.write(content)
            draft.flush()
            with suppress(FileExistsError):
                path.hardlink_to(draft.name)
        return path

    def _open(self, path: Path) -> Seal:
        if path.suffix == ".toml":
            return made.from_token(path.read_text(encoding="utf-8"), self._pin, self._folder)
        if not self._passphrase:
            raise SealUnusable("set HOMEWARD_SEAL_PASSPHRASE")
        return made.from_pkcs12(path.read_bytes(), self._passphrase)
