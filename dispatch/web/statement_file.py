"""A statement of an account as a file: the same for the page and for the API."""

from flask import Response, g

from dispatch.services import account_statements
from dispatch.web.runtime import runtime


def pdf_of(account_id: int, statement_id: int) -> Response:
    """A statement of an account of the reader's branch as a PDF to open. Raises NotFound."""
    with runtime().db.reading() as session:
        statement = account_statements.find(session, account_id, statement_id, g.actor)
        pdf, name = statement.pdf, statement.number
        sheet = account_statements.sheet(session, statement) if pdf is None else None
    content = runtime().office_press.print(sheet) if sheet is not None else pdf
    reply = Response(content, content_type="application/pdf")
    reply.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return reply
