"""The branches' seals: found in a folder, opened once, put on documents. Keys stay there, or in their token."""

import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pkcs11.exceptions import PKCS11Error, UserAlreadyLoggedIn
from pyhanko.sign.general import SigningError
from pyhanko.sign.pkcs11 import PKCS11Signer

from contracts.sealing import seal as made
from contracts.sealing.apply import Stamping
from contracts.sealing.apply import apply as put_on
from contracts.sealing.seal import Seal, SealUnusable
from dispatch.domain.errors import N_, Busy
from dispatch.store.branches import Branch

__all__ = ["Office", "Seal", "SealUnusable", "SealedPdf", "Seals"]

EXPIRY_WARNING = timedelta(days=60)
_SIGNER_FAILS = (PKCS11Error, SigningError)


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
        """Put the office's seal on. A token that fails, its session dead perhaps, is opened once more and asked again.

        Raises Busy when the office has no seal that can be used now: nothing is signed then.
        """
        seal = self._usable(office, at)
        try:
            return self._put_on(pdf, seal, at)
        except _SIGNER_FAILS:
            self._drop(office.code, seal)
        seal = self._usable(office, at)
        try:
            return self._put_on(pdf, seal, at)
        except _SIGNER_FAILS as error:
            self._drop(office.code, seal)
            raise _cannot_be_used(error) from error

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
                self._forget(office.code)
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

    def _usable(self, office: Office, at: datetime) -> Seal:
        try:
            seal = self.of(office, at)
        except SealUnusable as error:
            raise _cannot_be_used(error) from error
        if seal.expires_at <= at:
            raise Busy("seal_expired", N_("The company seal has run out: nothing was signed. Please tell the manager"))
        return seal

    def _put_on(self, pdf: bytes, seal: Seal, at: datetime) -> SealedPdf:
        done = put_on(pdf, seal, at, stamping=self._stamping)
        return SealedPdf(done.pdf, seal.fingerprint, seal.pem, done.timestamped)

    def _drop(self, code: str, failed: Seal) -> None:
        """Forget a seal that failed, unless another thread has opened it anew already."""
        with self._lock:
            known = self._opened.get(code)
            if known is not None and known[1] is failed:
                self._forget(code)

    def _forget(self, code: str) -> None:
        """Close what was opened: a token lets nobody sign in who is signed in. The caller holds the lock."""
        known = self._opened.pop(code, None)
        if known is not None and isinstance(known[1].signer, PKCS11Signer):
            with suppress(PKCS11Error):  # most likely it is dead already
                known[1].signer.pkcs11_session.close()

    def _open(self, path: Path) -> Seal:
        if path.suffix == ".toml":
            return self._from_token(path.read_text(encoding="utf-8"))
        if not self._passphrase:
            raise SealUnusable("set HOMEWARD_SEAL_PASSPHRASE")
        return made.from_pkcs12(path.read_bytes(), self._passphrase)

    def _from_token(self, description: str) -> Seal:
        """A token takes one sign-in a process: where another branch's seal holds it, or a session that died has left it
        behind, a session without one may use the key too.
        """
        try:
            return made.from_token(description, self._pin, self._folder)
        except SealUnusable as error:
            if not isinstance(error.__cause__, UserAlreadyLoggedIn):
                raise
        return made.from_token(description, None, self._folder)  # signed in already


def _cannot_be_used(error: Exception) -> Busy:
    why = f"{error}" if isinstance(error, SealUnusable) else f"{type(error).__name__}: {error}".rstrip(": ")
    return Busy("seal_missing", N_("The company seal cannot be used (%(why)s): nothing was signed"), why=why)
