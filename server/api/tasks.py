"""My tasks: what waits for the caller, the nearest deadline first."""

from __future__ import annotations

from datetime import datetime

from review.calendar import remaining
from server.api.route import Call, Reply, Route
from server.api.shapes import Listing, Shape
from server.services.tasks import Task


class TaskDocument(Shape):
    id: str
    title: str


class TaskShape(Shape):
    """What, on which document, who waits for it, until when. `workingDays` are left, negative when it is late."""

    id: str
    kind: str
    document: TaskDocument
    round: str | None = None
    consultee: str | None = None
    version: str | None = None
    request: str | None = None
    count: int
    since: datetime
    waits: str | None = None
    until: datetime | None = None
    working_days: int | None = None


def task_shape(task: Task, now: datetime) -> TaskShape:
    return TaskShape(
        id=task.id,
        kind=task.kind,
        document=TaskDocument(id=task.document, title=task.title),
        round=task.round,
        consultee=task.consultee,
        version=task.version,
        request=task.request,
        count=task.count,
        since=task.since,
        waits=task.waits,
        until=task.until,
        working_days=remaining(now, task.until) if task.until else None,
    )


async def tasks(call: Call) -> Reply:
    found, now = await call.office.reviewing.tasks.of(call.person), call.office.clock()
    return Reply(Listing[TaskShape](items=[task_shape(task, now) for task in found]))


ROUTES = (Route("GET", "/api/v1/tasks", tasks, "What waits for me", Listing[TaskShape]),)
