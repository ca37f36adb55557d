"""What whoever verifies knows from elsewhere: whose seal it must be, and an end of the chain that was published."""

from pathlib import Path
from typing import Any

import click

from dispatch.services.certificates import digest_of, fingerprints_in


class Seals(click.ParamType[frozenset[str]]):
    """A PEM file, or a certificate's fingerprint."""

    name = "certificate"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> frozenset[str]:
        """Fingerprints of the certificates that are meant."""
        path = Path(value)
        try:
            return fingerprints_in(path.read_bytes()) if path.is_file() else frozenset({digest_of(value)})
        except (ValueError, OSError):
            self.fail(f"{value} is neither a PEM file nor a fingerprint (SHA-256 in hex)", param, ctx)


class Digest(click.ParamType[str]):
    """A digest as `homeward chain head` prints it."""

    name = "digest"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """In small letters."""
        try:
            return digest_of(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
