"""One way to make a route of the API: its permission, schemas, transaction and idempotency in one line."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Blueprint, Response, g, request
from pydantic import BaseModel, ValidationError
from spectree import Response as Documented
from spectree import SpecTree
from sqlalchemy.orm import Session

from dispatch.domain.errors import N_
from dispatch.domain.roles import Actor, Permission
from dispatch.store.branches import Branch
from dispatch.web.access import SAFE, requires
from dispatch.web.idempotency import Reply, Submission, once
from dispatch.web.problems import BadRequest, SchemaFault, as_response, problem
from dispatch.web.runtime import Runtime, runtime
from dispatch.web.schemas.common import Problem, Schema

api = Blueprint("api", __name__, url_prefix="/api/v1")


class KeyHeader(BaseModel):
    """Every unsafe call carries a key of the caller's own making, so that a repetition is harmless (R3)."""

    Idempotency_Key: str

    model_config = {"alias_generator": lambda name: name.replace("_", "-"), "populate_by_name": True}


def _refuse_bad_input(_request: Any, _response: Any, error: Any, _instance: Any, _adapter: Any) -> None:
    if isinstance(error, ValidationError):
        raise SchemaFault([_fault(fault) for fault in error.errors(include_url=False)])


def _fault(fault: Any) -> dict[str, str]:
    return {"field": ".".join(str(part) for part in fault["loc"]), "message": fault["msg"], "code": fault["type"]}


spec = SpecTree(
    "flask",
    title="Homeward",
    version="v1",
    path="apidoc",
    openapi_version="3.1.0",
    annotations=False,
    mode="strict",
    before=_refuse_bad_input,
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda _parent, child: child,
)


@dataclass(frozen=True, slots=True)
class Call:
    """What a use case needs of a request. `body` and `query` are of the schemas that the route named."""

    session: Session
    actor: Actor
    now: Any
    runtime: Runtime
    body: Any = None
    query: Any = None

    @property
    def branch(self) -> Branch:
        """The actor's branch."""
        return self.session.get_one(Branch, self.actor.branch_id)


H = TypeVar("H", bound=Callable[..., Any])


def endpoint(
    method: str,
    rule: str,
    permission: Permission,
    *,
    reply: type[BaseModel],
    body: type[Schema] | None = None,
    query: type[Schema] | None = None,
    status: int = 200,
    tag: str,
) -> Callable[[H], H]:
    """Register a route. GET works in a reading session, everything else in one transaction with its key."""

    def register(handler: H) -> H:
        def view(**parts: Any) -> Response:
            if method in SAFE:
                return _look(handler, query, parts)
            return as_response(_change(handler, body, parts, status))

        view.__name__ = handler.__name__
        view.__doc__ = handler.__doc__
        documented = document(view, method=method, reply=reply, body=body, query=query, status=status, tag=tag)
        api.add_url_rule(rule, handler.__name__, requires(permission)(documented), methods=[method])
        return handler

    return register


def document(
    view: Callable[..., Any],
    *,
    method: str,
    tag: str,
    reply: type[BaseModel] | None,
    body: type[Schema] | None = None,
    query: type[Schema] | None = None,
    status: int = 200,
    key: bool = True,
) -> Callable[..., Any]:
    """Describe a view in the OpenAPI document, and have its input checked against the schemas."""
    problems = {f"HTTP_{code}": Problem for code in (400, 401, 403, 404, 409, 422, 503)}
    models: dict[str, Any] = {f"HTTP_{status}": reply, **problems}
    decorate: Any = spec.validate(
        json=body,
        query=query,
        headers=KeyHeader if key and method not in SAFE else None,
        resp=Documented(**models),
        tags=[tag],
        skip_validation=False,
    )
    decorated: Callable[..., Any] = decorate(view)
    return decorated


def submission() -> Submission:
    """Who sends this request under which key. Raises BadRequest without a key."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        raise BadRequest("key_missing", N_("Send an Idempotency-Key header: any text of your own, new for each action"))
    who = f"staff:{g.actor.id}" if g.actor else f"address:{request.remote_addr}"
    return Submission.of(who, key, request.method.encode(), request.full_path.encode(), request.get_data())


def _call(session: Session, **given: Any) -> Call:
    return Call(session, g.actor, g.now, runtime(), **given)


def _look(handler: Callable[..., BaseModel], query: type[Schema] | None, parts: dict[str, Any]) -> Response:
    asked = request.context.query if query else None  # type: ignore[attr-defined]  # spectree puts it there
    with runtime().db.reading() as session:
        found = handler(_call(session, query=asked), **parts)
        return Response(found.model_dump_json(), content_type="application/json")


def _change(handler: Callable[..., BaseModel], body: type[Schema] | None, parts: dict[str, Any], status: int) -> Reply:
    given = request.context.json if body else None  # type: ignore[attr-defined]  # spectree puts it there

    def work(session: Session) -> Reply:
        result = handler(_call(session, body=given), **parts)
        session.flush()
        return Reply(HTTPStatus(status), result.model_dump_json())

    return once(runtime().db, submission(), g.now, work, problem)
