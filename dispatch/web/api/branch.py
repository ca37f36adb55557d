"""The branch's own settings."""

from dispatch.domain.roles import Permission
from dispatch.services import branch_settings
from dispatch.web.api.endpoint import Call, endpoint
from dispatch.web.schemas import branch as s
from dispatch.web.schemas.commands import Nothing


@endpoint("GET", "/branch", Permission.BRANCH_EDIT, reply=s.BranchOut, tag="branch")
def read_branch(call: Call) -> s.BranchOut:
    """The settings of the branch."""
    return _branch(call)


@endpoint("PATCH", "/branch", Permission.BRANCH_EDIT, body=s.BranchIn, reply=s.BranchOut, tag="branch")
def change_branch(call: Call) -> s.BranchOut:
    """Change some settings. The first address for webhooks makes the secret that they are signed with."""
    wanted = call.body.to_domain(branch_settings.of(call.branch))
    return _branch(call, branch_settings.change(call.session, wanted, call.actor, call.now))


@endpoint("POST", "/branch/webhook-secret", Permission.BRANCH_EDIT, body=Nothing, reply=s.SecretOut, tag="branch")
def rotate_webhook_secret(call: Call) -> s.SecretOut:
    """A new secret for webhooks; the old one is good no more."""
    return s.SecretOut(webhook_secret=branch_settings.rotate_secret(call.session, call.actor, call.now))


def _branch(call: Call, secret: str | None = None) -> s.BranchOut:
    branch = call.branch
    return s.BranchOut.of(branch.id, branch.code, branch.timezone, branch_settings.of(branch), secret)
