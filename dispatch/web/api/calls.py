"""What the telephone system tells, and the secret it signs with."""

from flask import request

from dispatch.domain.roles import Permission
from dispatch.services import phone_calls
from dispatch.web.api.endpoint import Call, endpoint
from dispatch.web.schemas import calls as s
from dispatch.web.schemas.commands import Nothing


@endpoint("POST", "/calls", Permission.CALL_EVENT, body=s.CallIn, reply=s.CallOut, tag="calls")
def hear_call(call: Call) -> s.CallOut:
    """A call rings, is answered or has ended (docs/telephony.md).

    Signed: X-Homeward-Signature is the hexadecimal HMAC-SHA256 of "<X-Homeward-Timestamp>.<body>".
    """
    sent = request.headers
    phone_calls.check_signature(
        call.branch,
        sent.get("X-Homeward-Timestamp", ""),
        sent.get("X-Homeward-Signature", ""),
        request.get_data(),
        call.now,
    )
    known = phone_calls.hear(call.session, call.body.to_domain(), call.actor, call.now)
    return s.CallOut(id=known.id, state=known.state, agent_known=known.agent_id is not None)


@endpoint("POST", "/branch/calls-secret", Permission.BRANCH_EDIT, body=Nothing, reply=s.CallsSecretOut, tag="branch")
def rotate_calls_secret(call: Call) -> s.CallsSecretOut:
    """A new secret for the telephone system; the old one is good no more."""
    return s.CallsSecretOut(calls_secret=phone_calls.rotate_secret(call.session, call.actor, call.now))
