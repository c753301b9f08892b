"""Long work, followed by polling; the same facts arrive live."""

from __future__ import annotations

from typing import Any

from server.api.refusals import shape_of
from server.api.route import Call, Created, Reply, Route
from server.api.shapes import ProblemShape, Shape
from server.jobs import Job
from server.problems import Problem


class JobShape(Shape):
    """`outcomes` has one entry per piece of work; `result` is there when done, `problem` when failed."""

    id: str
    kind: str
    state: str
    done: int
    total: int
    outcomes: list[dict[str, Any]] | None = None
    result: dict[str, Any] | None = None
    problem: ProblemShape | None = None


def job_shape(job: Job, locale: str) -> JobShape:
    problem = shape_of(Problem(job.problem["code"], job.problem["data"]), locale) if job.problem else None
    return JobShape(
        id=job.id,
        kind=job.kind,
        state=job.state,
        done=job.done,
        total=job.total,
        outcomes=[dict(outcome) for outcome in job.outcomes] or None,
        result=dict(job.result) if job.result is not None else None,
        problem=problem,
    )


def accepted(call: Call, job: Job) -> Reply:
    """202 with the job and where to follow it."""
    return Reply(job_shape(job, call.locale), status=202, headers={"Location": f"/api/v1/jobs/{job.id}"})


async def begun(call: Call) -> Reply:
    """The job that a POST has begun, as it stands."""
    return accepted(call, await _own(call, call.fresh))


async def one(call: Call) -> Reply:
    return Reply(job_shape(await _own(call, call.part("job")), call.locale))


async def _own(call: Call, id: str) -> Job:
    job = await call.office.jobs.get(id)
    if job.person != call.person.id:
        raise Problem("not_found")
    return job


ONE = "/api/v1/jobs/{job}"
BEGUN = Created(begun, ONE)
ROUTES = (Route("GET", ONE, one, "The state of long work", JobShape),)
