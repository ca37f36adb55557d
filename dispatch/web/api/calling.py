"""Callbacks' scripts, dialling, and how far the day is."""

from dataclasses import asdict

from dispatch.domain.callback_script import PARTS
from dispatch.domain.roles import Permission
from dispatch.services import callback_coverage, callback_scripts, callbacks, dialling
from dispatch.web.api.endpoint import Call, endpoint
from dispatch.web.schemas import calling as s
from dispatch.web.schemas.care import AttemptNo

_TAG = "callbacks"


@endpoint("GET", "/callbacks/coverage", Permission.CALLBACK_READ, reply=s.DayCoverageOut, tag=_TAG)
def read_coverage(call: Call) -> s.DayCoverageOut:
    """How far the branch's day is, as a whole and agent by agent."""
    return s.DayCoverageOut.of(callback_coverage.of_day(call.session, call.branch, call.now))


@endpoint(
    "POST", "/callbacks/<int:callback_id>/ring", Permission.CALLBACK_WORK, body=AttemptNo, reply=s.OrderedOut,
    status=202, tag=_TAG,
)  # fmt: skip
def ring(call: Call, callback_id: int) -> s.OrderedOut:
    """Have the branch's telephone system ring one's own extension and then the customer; never in quiet hours."""
    ordered = dialling.order(call.session, callback_id, call.body.attempt_no, call.actor, call.now)
    return s.OrderedOut(extension=ordered.extension, until=ordered.until)


@endpoint(
    "GET", "/callbacks/<int:callback_id>/script", Permission.CALLBACK_READ, reply=s.SpokenOut, tag=_TAG
)  # fmt: skip
def read_script(call: Call, callback_id: int) -> s.SpokenOut:
    """What to say to this customer, names filled in, in each language of the branch; the usual one first."""
    task = callbacks.find(call.session, callback_id, call.actor)
    said = {
        language: callback_scripts.spoken(call.session, task, language, call.actor)
        for language in callback_scripts.languages(call.branch)
    }
    return s.SpokenOut(said={language: s.SpokenSentences(**asdict(script)) for language, script in said.items()})


@endpoint("GET", "/callback-scripts", Permission.CALLBACK_READ, reply=s.ScriptsOut, tag=_TAG)
def list_scripts(call: Call) -> s.ScriptsOut:
    """What is said on callbacks, in each language of the branch."""
    return s.ScriptsOut(scripts=[_script(call, language) for language in callback_scripts.languages(call.branch)])


@endpoint(
    "PUT", "/callback-scripts/<language>", Permission.BRANCH_EDIT, body=s.ScriptIn, reply=s.ScriptOut, tag=_TAG
)  # fmt: skip
def rewrite_script(call: Call, language: str) -> s.ScriptOut:
    """Say something else from the next call on; every version is kept."""
    callback_scripts.rewrite(
        call.session, language, call.body.to_domain(), call.actor, call.now, based_on=call.body.version
    )
    return _script(call, language)


@endpoint("GET", "/dialling", Permission.BRANCH_EDIT, reply=s.DiallingOut, tag=_TAG)
def read_dialling(call: Call) -> s.DiallingOut:
    """How the branch dials."""
    return _dialling(call)


@endpoint("PUT", "/dialling", Permission.BRANCH_EDIT, body=s.DiallingIn, reply=s.DiallingOut, tag=_TAG)
def change_dialling(call: Call) -> s.DiallingOut:
    """Dial by tel: or sip: addresses, or have the telephone system ring both sides."""
    dialling.change(call.session, call.body.to_domain(), call.actor, call.now)
    return _dialling(call)


def _script(call: Call, language: str) -> s.ScriptOut:
    script, row = callback_scripts.in_use(call.session, call.actor.branch_id, language)
    said = {part: getattr(script, part) for part in PARTS}
    return s.ScriptOut(language=language, version=row.version if row else 0, **said)


def _dialling(call: Call) -> s.DiallingOut:
    found = dialling.of_branch(call.session, call.actor.branch_id)
    return s.DiallingOut(way=found.way, sip_host=found.sip_host, order_url=found.order_url)
