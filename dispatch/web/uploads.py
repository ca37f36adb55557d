"""How much may be sent: little everywhere, more where a dispute file with all its photos comes back to be verified."""

from flask import Flask, request

VERIFYING = frozenset({"customer.verify_file", "api.verify_document"})


def init(app: Flask, *, most_to_verify: int) -> None:
    """Set the limit (bytes) of a request before anything of it is read: to be called before who reads forms."""

    @app.before_request
    def _limit() -> None:
        if request.endpoint in VERIFYING:
            request.max_content_length = most_to_verify
