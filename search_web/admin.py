"""Who may administer, and what they can do: start a rebuild, watch it.

Admin is closed until a token is set; then `Authorization: Bearer TOKEN` opens it. A
browser never sends that header by itself, so no other site can act for the reader. Who
guesses tokens has to wait.
"""

import hmac
import time
from dataclasses import dataclass

from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import Response

from indexer import IndexStatus, IndexUnusable, Message
from search_web.api import json_answer
from search_web.listing import Box
from search_web.params import Fault
from search_web.reindex import RebuildRunning, Run
from search_web.site import Refusal, Visit, visit_of

_CLOSED = Message(
    "管理功能已关闭。设置环境变量 BAOSOU_ADMIN_TOKEN 后重新启动即可开启。",
    "Admin is closed. Set the environment variable BAOSOU_ADMIN_TOKEN and restart.",
)
_WRONG = Message(
    "令牌不对。请以 Authorization: Bearer <令牌> 请求。",
    "Wrong token. Send Authorization: Bearer <token>.",
)
_RUNNING = Message(
    "重建正在进行，等它结束后再试。", "A rebuild is running; try again when it is done."
)
_FULL = Message("参数 full 应为 true 或 false。", "Parameter full is true or false.")


@dataclass(frozen=True, slots=True)
class AdminPage:
    """What admin.html shows: the index as everyone may know it, and how to rebuild."""

    box: Box
    status: IndexStatus | None
    trouble: str
    address: str


class Reindex(HTTPEndpoint):
    """`/api/v1/admin/reindex`: GET tells how the rebuild stands, POST starts one."""

    def get(self, request: Request) -> Response:
        visit = visit_of(request)
        _admit(visit)
        return _told(visit, visit.site.reindexer.latest(), 200)

    def post(self, request: Request) -> Response:
        visit = visit_of(request)
        _admit(visit)
        full = request.query_params.get("full") or "false"
        if full not in ("true", "false"):
            raise Refusal(422, _FULL, faults=(Fault("full", _FULL),))
        try:
            run = visit.site.reindexer.start(full=full == "true")
        except RebuildRunning as error:
            raise Refusal(409, _RUNNING) from error
        return _told(visit, run, 202)


def admin(request: Request) -> Response:
    """The admin page; it shows nothing that `/api/v1/status` does not."""
    visit = visit_of(request)
    if not visit.site.settings.admin_token:
        raise Refusal(403, _CLOSED)
    try:
        status, trouble = visit.engine.status(), ""
    except IndexUnusable as error:
        status, trouble = None, error.message.text(visit.lang)
    address = visit.whole(visit.links.to("api_reindex"))
    return visit.page("admin.html", AdminPage(Box(), status, trouble, address))


def _admit(visit: Visit) -> None:
    """Let the holder of the token pass; raises 403, 401 or 429 for anyone else."""
    request, held = visit.request, visit.site.settings.admin_token
    if not held:
        raise Refusal(403, _CLOSED)
    client, now = request.client.host if request.client else "", time.monotonic()
    if seconds := visit.site.guesses.wait(client, now):
        # Right ones too: a guess that happens to be right must not be told.
        raise Refusal(429, _too_many(seconds), headers={"Retry-After": f"{seconds}"})
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    # Starlette decodes headers as latin-1; the token's own bytes are compared.
    sent = token.strip().encode("latin-1")
    if scheme.lower() == "bearer" and hmac.compare_digest(sent, held.encode()):
        return
    if scheme:
        visit.site.guesses.add(client, now)
    raise Refusal(401, _WRONG, headers={"WWW-Authenticate": 'Bearer realm="baosou"'})


def _too_many(seconds: int) -> Message:
    return Message(
        f"令牌错误次数过多，请过 {seconds} 秒再试。",
        f"Too many wrong tokens; try again in {seconds} s.",
    )


def _told(visit: Visit, run: Run, status: int) -> Response:
    message = run.message.text(visit.lang) if run.message else None
    return json_answer(
        {
            "state": run.state,
            "started_at": run.started_at,
            "finished_at": run.finished_at,
            "full": run.full,
            "progress": run.progress,
            "report": run.report,
            "exit_code": run.exit_code,
            "message": message,
        },
        status,
    )
