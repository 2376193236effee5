"""The starter apps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podium.server.http.operation import Access, Call, Operation, Reply
from podium.server.models.apps import Template, TemplateList
from podium.server.models.runs import SendRequest

if TYPE_CHECKING:
    from podium.ide.templates import Template as StarterApp


async def list_templates(call: Call) -> Reply:
    templates = await call.services.templates.all()
    return Reply(body=TemplateList(templates=[_view(template) for template in templates]))


def _view(template: StarterApp) -> Template:
    return Template(
        id=template.id,
        title=template.title,
        summary=template.summary,
        framework=template.framework,
        files=sorted(template.files),
        first_request=SendRequest.model_validate(template.first_request, from_attributes=True),
    )


OPERATIONS = (
    Operation("GET", "/api/v1/templates", Access.USER, "List the starter apps", list_templates, answer=TemplateList),
)
