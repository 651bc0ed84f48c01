"""Which address of the desk does what."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from urllib.parse import parse_qsl, quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from digest.errors import DigestError
from digest.issues.issue_names import name_problem
from digest.review.archive_pages import show_find, show_missed
from digest.review.guard import SAFE, Guard, Keys, same
from digest.review.handlers import Answer, Desk, NotFound, Outcome
from digest.review.issue_pages import answer_suggestion, publish, save, sending_now, show_form, show_issue
from digest.review.ordering import order, order_themes
from digest.review.pages import page
from digest.review.previews import Preview
from digest.review.sending_page import send, show_copy
from digest.review.shown import marks_sent
from digest.review.shown_issue import ShownIssue
from digest.review.workspace import Workspace
from digest.workspace.files import MOST_TEXT

MOST_FIELDS = 5_000
"""Of a form; one for each draft of an issue and a few, with room to spare."""

MOST_NAME = 100
"""Letters of a field's name; the desk's own have some ten."""

ID = re.compile("[0-9a-f]{32}")
PLACE = re.compile("[1-9][0-9]{0,3}")
SECTION = re.compile("[a-z]{1,20}|own-[0-9]{1,4}")

EDITS = ("signals", "sentence", "bullets", "closest")
"""Forms of the story's page that each change a section: see `edits`."""

TYPED = ("text", "words", "cell")
"""Fields that an editor types into."""

Form = dict[str, list[str]]
Work = Callable[[Desk, Request, Form], Response]


class _Site(StaticFiles):
    """The published pages, as soon as there are any."""

    async def check_config(self) -> None:
        """Nothing is published yet where their folder is missing."""
        if not Path(str(self.directory)).is_dir():
            raise HTTPException(404)


def make_app(workspace: Workspace, keys: Keys, desk: Desk | None = None) -> Starlette:
    """Make the desk's application.

    Args:
        workspace: What it works on.
        keys: Its secrets.
        desk: One of these that has read the drafts already.
    """
    desk = desk or Desk(workspace, keys.form)

    def route(path: str, work: Work, method: str = "GET", *, is_alone: bool = True) -> Route:
        async def endpoint(request: Request) -> Response:
            form: Form = {}
            if request.method not in SAFE:
                found = await _form(request)
                if isinstance(found, Response):
                    return found
                if not same(_one(found, "form"), keys.form):
                    return PlainTextResponse("expected a form of this desk; reload the page", 403)
                form = found
            # What takes long, such as loading a model, keeps no other request waiting.
            held = desk.alone if is_alone else nullcontext()
            return await run_in_threadpool(_answered, held, work, desk, request, form)

        return Route(path, endpoint, methods=[method])

    site = workspace.output / "site"
    return Starlette(
        routes=[
            route("/", lambda desk, request, form: RedirectResponse(f"/issue/{desk.workspace.issue}", 303)),
            route("/issue/{issue}", _desk),
            route("/issue/{issue}/publish", _issue),
            route("/issue/{issue}/publish", _publish, "POST"),
            route("/issue/{issue}/send", _send, "POST", is_alone=False),
            route("/issue/{issue}/sending", _sending, is_alone=False),
            route("/issue/{issue}/copy", _copy, is_alone=False),
            route("/issue/{issue}/order", _order, "POST"),
            route("/issue/{issue}/introduction", _introduction, "POST"),
            route("/issue/{issue}/suggestion", _suggestion, "POST"),
            route("/issue/{issue}/preview/{form}", _preview),
            route("/issue/{issue}/status", _status, "POST"),
            route("/story/{id}", _story),
            route("/story/{id}/save", _save, "POST"),
            route("/story/{id}/offer", _offer, "POST"),
            route("/story/{id}/warning", _warning, "POST"),
            *(route(f"/story/{{id}}/{what}", _edit, "POST") for what in EDITS),
            # What was refused is shown at the address it went to, and may be loaded again.
            route("/story/{id}/{what}", _to_story, is_alone=False),
            route("/issue/{issue}/{what}", _to_issue, is_alone=False),
            route("/find", _find, is_alone=False),
            route("/missed", _missed),
            route("/{way:str}", _go, "POST"),
            Mount("/static", StaticFiles(packages=[("digest.review", "static")])),
            Mount("/site", _Site(directory=site, html=True, check_dir=False)),
        ],
        middleware=[Middleware(Guard, keys=keys)],
    )


def _answered(
    held: AbstractContextManager[object], work: Work, desk: Desk, request: Request, form: Form
) -> Response:
    with held:
        try:
            return work(desk, request, form)
        except NotFound as error:
            return _failed(desk, request, form, error, 404)
        except DigestError as error:
            return _failed(desk, request, form, error, 409)


def _failed(desk: Desk, request: Request, form: Form, error: DigestError, status: int) -> Response:
    """Say what went wrong; what was typed is on the page, to be copied or sent again."""
    if _is_script(request):
        said = {"said": str(error).split("\n"), "is_done": False, "lines": {}, "left": []}
        return JSONResponse(said, status)
    known = desk.workspace
    typed = [(name, value) for name in TYPED for value in form.get(name, [])]
    beside = [(name, value) for name in form if name not in TYPED for value in form[name]]
    text = page(
        "error",
        lines=str(error).split("\n"),
        issue=known.issue,
        newsletter=known.title,
        to=request.url.path,
        typed=typed if any(value.strip() for _, value in typed) else [],
        beside=beside,
    )
    return HTMLResponse(text, status)


def _to_story(desk: Desk, request: Request, form: Form) -> Response:
    return RedirectResponse(f"/story/{request.path_params['id']}", 303)


def _to_issue(desk: Desk, request: Request, form: Form) -> Response:
    return RedirectResponse(f"/issue/{request.path_params['issue']}/publish", 303)


def _desk(desk: Desk, request: Request, form: Form) -> Response:
    return _answer(desk.show_desk(_issue_of(request), request.query_params))


def _story(desk: Desk, request: Request, form: Form) -> Response:
    completes = request.headers.get("x-desk") != "completions known"
    return _answer(desk.show_story(_id_of(request), request.query_params, completes=completes))


def _issue(desk: Desk, request: Request, form: Form) -> Response:
    return _answer(show_issue(desk, _issue_of(request), request.query_params))


def _preview(desk: Desk, request: Request, form: Form) -> Response:
    return _shown(show_form(desk, _issue_of(request), request.path_params["form"]))


def _send(desk: Desk, request: Request, form: Form) -> Response:
    """Send an issue (`act` is `draft <name>` or, to its readers, `send <name>`)."""
    act, _, to = _one(form, "act").partition(" ")
    anyway = _one(form, "anyway") == "yes"
    return _answer(send(desk, _issue_of(request), act, to, mark=_one(form, "mark"), anyway=anyway))


def _sending(desk: Desk, request: Request, form: Form) -> Response:
    """Tell a page how far a sending is that it waits for."""
    return JSONResponse({"said": sending_now(desk)})


def _copy(desk: Desk, request: Request, form: Form) -> Response:
    made = show_copy(desk, _issue_of(request), request.query_params)
    return _shown(made) if isinstance(made, Preview) else _answer(made)


def _shown(made: Preview) -> Response:
    return Response(made.text, media_type=made.kind, headers=dict(made.headers))


def _order(desk: Desk, request: Request, form: Form) -> Response:
    """Move a story (`act` is `up <id>`, `down <id>` or, with its place from 1, `to <place> <id>`).

    With `theme` before it, what comes last is a theme, which moves with its stories.
    """
    act = _one(form, "act")
    is_theme, act = act.startswith("theme "), act.removeprefix("theme ")
    way, _, what = act.partition(" ")
    place = 0
    if way == "to":
        number, _, what = what.partition(" ")
        place = int(number) if PLACE.fullmatch(number) else 0
    if way not in ("up", "down") and not place:
        raise NotFound(f"{way[:40]!r}: expected up, down or to a place")
    by = {"up": -1, "down": 1}.get(way, 0)
    issue = _issue_of(request)
    if is_theme:
        return _answer(order_themes(desk, issue, what, by, place=place))
    return _answer(order(desk, issue, _check_id(what), by, place=place))


def _introduction(desk: Desk, request: Request, form: Form) -> Response:
    key, text, mark = (_one(form, name) for name in ("section", "text", "mark"))
    return _outcome(request, save(desk, _issue_of(request), key, text, mark))


def _suggestion(desk: Desk, request: Request, form: Form) -> Response:
    """Answer a suggestion for the introduction (`act` is `take` or `drop`)."""
    outcome = answer_suggestion(desk, _issue_of(request), _one(form, "act"), _one(form, "suggestion"))
    return _outcome(request, outcome)


def _find(desk: Desk, request: Request, form: Form) -> Response:
    return _answer(show_find(desk, request.query_params))


def _missed(desk: Desk, request: Request, form: Form) -> Response:
    return _answer(show_missed(desk, request.query_params))


def _publish(desk: Desk, request: Request, form: Form) -> Response:
    shown = ShownIssue(marks_sent(form.get("shown", [])), marks_sent(form.get("opening", [])))
    return _answer(publish(desk, _issue_of(request), shown, anyway=_one(form, "anyway") == "yes"))


def _save(desk: Desk, request: Request, form: Form) -> Response:
    key = _one(form, "section")
    if not SECTION.fullmatch(key):
        raise NotFound(f"{key[:40]!r}: no section")
    return _outcome(
        request,
        desk.save(
            _id_of(request),
            key,
            _one(form, "text"),
            _one(form, "mark"),
            field=_field(form),
            shown=_shown_of(request, form),
        ),
    )


def _edit(desk: Desk, request: Request, form: Form) -> Response:
    what = request.url.path.rpartition("/")[2]
    made = desk.edit(_id_of(request), what, form, field=_field(form), shown=_shown_of(request, form))
    return _outcome(request, made)


def _shown_of(request: Request, form: Form) -> str:
    """Give the mark of the whole draft as the page has it, where that stays; empty else."""
    return marks_sent(form.get("shown", [])).get(_id_of(request), "")


def _field(form: Form) -> str:
    """Say what is typed into, where it saves by itself."""
    return _one(form, "field")[:MOST_NAME]


def _warning(desk: Desk, request: Request, form: Form) -> Response:
    """Judge one warning (`act` is `accept <mark>` or `fix <mark>`)."""
    act, _, mark = _one(form, "act").partition(" ")
    return _outcome(request, desk.judge(_id_of(request), act, mark))


def _offer(desk: Desk, request: Request, form: Form) -> Response:
    """Answer an offer (`act` is `take` or `dismiss`)."""
    number = _one(form, "number")
    if not re.fullmatch("[0-9]{1,4}", number):
        raise NotFound(f"{number[:40]!r}: no offer")
    answer = desk.answer_offer(_id_of(request), _one(form, "act"), int(number), _one(form, "mark"))
    return _answer(answer)


def _status(desk: Desk, request: Request, form: Form) -> Response:
    """Decide on one story (`act` is `approve <id>`) or on those that are ticked (`act` is `approve`)."""
    verdict, _, one = _one(form, "act").partition(" ")
    shown = marks_sent(form.get("shown", []))
    ids = [one] if one else form.get("ids", [])
    for each in ids:
        _check_id(each)
    if verdict == "merge":
        done = desk.merge(ids, shown)
    else:
        done = desk.decide(ids, verdict, _one(form, "reason") if verdict == "reject" else "", shown)
    if _is_script(request):
        made = {line.id: desk.line_page(line) for line in done.lines}
        said = {
            "said": done.said,
            "is_done": done.is_done,
            "lines": made,
            "counts": dict(done.counts),
            "left": list(done.left),
        }
        return JSONResponse(said)
    back = _back(form, _issue_of(request), ids)
    return RedirectResponse(f"{back}{'&' if '?' in back else '?'}said={desk.keep(done.said)}", 303)


def _go(desk: Desk, request: Request, form: Form) -> Response:
    way = request.path_params["way"]
    if way not in ("undo", "redo"):
        raise NotFound(f"{way[:40]!r}: nothing of the kind")
    issue = _one(form, "issue")
    _check_issue(issue)
    try:
        said = desk.go(way, _one(form, "page"))
    except DigestError as error:
        said = str(error).split("\n")
    back = _back(form, issue, [_one(form, "at")] if _one(form, "at") else [])
    return RedirectResponse(f"{back}{'&' if '?' in back else '?'}said={desk.keep(said)}", 303)


def _back(form: Form, issue: str, ids: list[str]) -> str:
    """Say which page a form was on; addresses are made here, none is taken from the form."""
    one = ids[0] if len(ids) == 1 else ""
    if _one(form, "page") == "story" and one:
        _check_id(one)
        return f"/story/{one}"
    if _one(form, "page") == "issue":
        return f"/issue/{issue}/publish"
    query = {name: _one(form, name) for name in ("status", "q", "by")}
    if one:
        query["at"] = one
    asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items() if value)
    return f"/issue/{issue}?{asked}" if asked else f"/issue/{issue}"


def _issue_of(request: Request) -> str:
    return _check_issue(request.path_params["issue"])


def _check_issue(name: str) -> str:
    if not name.isascii() or name_problem(name):
        raise NotFound("no such issue")
    return name


def _id_of(request: Request) -> str:
    return _check_id(request.path_params["id"])


def _check_id(draft_id: str) -> str:
    if not ID.fullmatch(draft_id):
        raise NotFound("no such draft")
    return draft_id


def _answer(answer: Answer) -> Response:
    status, text = answer
    return RedirectResponse(text, 303) if status == 303 else HTMLResponse(text, status)


def _outcome(request: Request, outcome: Outcome) -> Response:
    if not _is_script(request):
        return _answer((outcome.status, outcome.text))
    is_done = outcome.status == 303
    said = {
        "said": outcome.said,
        "is_done": is_done,
        "mark": outcome.mark,
        "shown": outcome.shown,
        "is_conflict": outcome.status == 409,
    }
    return JSONResponse(said, 200 if is_done else outcome.status)


def _is_script(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


async def _form(request: Request) -> Form | Response:
    """Read a form, of a size it can have."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        return PlainTextResponse("expected a form", 415)
    content = bytearray()
    async for part in request.stream():
        content += part
        # Each character may be written as nine.
        if len(content) > 9 * MOST_TEXT:
            return PlainTextResponse("expected a form of 45 MB at most", 413)
    form: Form = {}
    try:
        for name, value in parse_qsl(
            content.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        ):
            form.setdefault(name, []).append(value)
    except ValueError:
        return PlainTextResponse("expected a form in UTF-8", 400)
    return form


def _one(form: Form, name: str) -> str:
    return form.get(name, [""])[0]
