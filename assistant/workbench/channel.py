"""The staff's workbench as Rasa mounts it: `/webhooks/workbench/…`, there only where WORKBENCH_TOKEN is set.

Pages and forms; everything works without a script. Nothing but the sign-in page and its look can be reached without the
cookie of a session. Keep its address from the public (docs/deploy.md).
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any, NamedTuple

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, html, text
from sanic_cors.core import SANIC_CORS_EVALUATED

from assistant.channels.gate import BodyTooLargeError, BodyTooSlowError, Gate, read_body, report
from assistant.channels.identity import secret_of
from assistant.channels.mounting import mounted
from assistant.channels.origins import client_address, is_allowed
from assistant.channels.rates import Rates
from assistant.channels.refusals import RefusedError
from assistant.channels.static_files import TYPES
from assistant.channels.turns import STORE_ERRORS, in_time
from assistant.content.catalogue import Catalogue, catalogue
from assistant.keeping.review import MAX_NOTE, ReviewError, add, misunderstood
from assistant.keeping.stories import MAX_NAME, KeepingError, keep
from assistant.privacy import logs
from assistant.privacy.export import ZONE
from assistant.privacy.masking import Masking
from assistant.settings import Settings, settings
from assistant.workbench.forms import Form, FormError, read_form, read_message, read_words, turn_number
from assistant.workbench.looks import LOOKS, WIDGET
from assistant.workbench.rendering import Pages, Turn
from assistant.workbench.sessions import COOKIE, Session, Sessions, set_cookie
from assistant.workbench.trials import CHANNEL, Trial

BASE = f"/webhooks/{CHANNEL}"
SIGN_IN = "/sign-in"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Not « no-referrer »: browsers would name no origin with a form then, and it is refused without.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
SEE_OTHER, UNAUTHORIZED, NOT_FOUND, UNPROCESSABLE = 303, 401, 404, 422


@dataclass(frozen=True)
class Visit:
    """A request of somebody who is signed in, with the form that it brought."""

    request: Request
    session: Session
    form: Form

    @property
    def agent(self) -> Agent:
        """Rasa."""
        return self.request.app.ctx.agent


class Reply(NamedTuple):
    """What a handler answers: the response, and the session from now on where it changes."""

    response: HTTPResponse
    session: Session | None = None


Handler = Callable[[Visit], Awaitable[Reply]]


class WorkbenchChannel(InputChannel):
    """Serves the workbench."""

    def __init__(self, content: Catalogue, config: Settings) -> None:
        """Takes the content and the settings."""
        self._config = config
        self._gate = Gate(content, config)
        self._masking = Masking(content.contacts.values())
        if config.workbench_token:
            self._sessions = Sessions(secret_of(config), config.workbench_token)
            self._rates = Rates(config.redis_url)
            self._pages = Pages(self._gate, config, BASE)
        self._routes: Mapping[str, Mapping[str, Handler]] = {
            "/": {"GET": self._conversation},
            "/message": {"POST": self._message},
            "/new": {"POST": self._new},
            "/again": {"GET": self._again, "POST": self._ask_again},
            "/adopt": {"POST": self._adopt},
            "/keep": {"GET": self._keeping, "POST": self._keep},
            "/misunderstood": {"GET": self._marking, "POST": self._mark},
            "/sign-out": {"POST": self._sign_out},
        }

    @classmethod
    def name(cls) -> str:
        """The channel's name and the place of its addresses."""
        return CHANNEL

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "WorkbenchChannel":
        """Makes the channel; its credentials are the settings'."""
        logs.configure()
        return cls(catalogue(), settings())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The addresses of the channel (see the base class). Messages go to the agent, not to `on_new_message`."""
        return mounted("workbench_channel", BASE, self._receive, self._config)

    async def _receive(self, request: Request) -> HTTPResponse:
        """Answers any request: the headers of all answers, and the errors."""
        setattr(request.ctx, SANIC_CORS_EVALUATED, True)  # Rasa's CORS adds nothing to this answer
        if self._config.workbench_token is None:
            answer = text("Not found\n", NOT_FOUND)
        else:
            answer = await self._answer(request)
            answer.headers.update(HEADERS)
        with suppress(BodyTooLargeError, BodyTooSlowError, SanicException):  # what is left of a body
            await read_body(request, self._config.max_body_bytes, seconds=1)
        return answer

    async def _answer(self, request: Request) -> HTTPResponse:
        session = self._sessions.read(request.cookies.get(COOKIE))
        try:
            return await self._dispatch(request, session)
        except RefusedError as refusal:
            problem = refusal
        except BodyTooLargeError:
            problem = RefusedError("too_large")
        except BodyTooSlowError:
            problem = RefusedError("too_slow")
        except SanicException:
            problem = RefusedError("bad_request")
        except STORE_ERRORS as error:
            report(error)
            problem = RefusedError("unavailable")
        except Exception as error:
            report(error)
            problem = RefusedError("internal")
        answer = html(self._pages.problem(problem.code, problem.details, session is not None), problem.status)
        if "retry_after" in problem.details:
            answer.headers["Retry-After"] = str(problem.details["retry_after"])
        return answer

    async def _dispatch(self, request: Request, session: Session | None) -> HTTPResponse:
        path = request.path.removeprefix(BASE).rstrip("/") or "/"
        method = "GET" if request.method == "HEAD" else request.method
        if method == "GET" and (name := path.removeprefix("/")) in self._pages.files:
            return HTTPResponse(self._pages.files[name], content_type=TYPES[PurePath(name).suffix])
        form = await self._form(request) if method == "POST" else {}
        if method == "POST" and path == SIGN_IN:
            return await self._sign_in(request, form)
        if session is None:
            # Nobody learns here which addresses there are.
            is_home = method == "GET" and path == "/"
            return html(self._pages.page("sign_in", signed_in=False), 200 if is_home else UNAUTHORIZED)
        handlers = self._routes.get(path)
        if handlers is None:
            raise RefusedError("not_found")
        if method not in handlers:
            raise RefusedError("bad_method")
        reply = await handlers[method](Visit(request, session, form))
        if reply.session:
            self._remember(reply.response, request, reply.session)
        return reply.response

    async def _form(self, request: Request) -> Form:
        origin = request.headers.get("origin")
        if origin is None or not is_allowed(origin, request.scheme, request.host, ()):
            raise RefusedError("bad_origin")
        return read_form(request.content_type, await read_body(request, self._config.max_body_bytes))

    def _remember(self, answer: HTTPResponse, request: Request, session: Session | None) -> None:
        value, expires = (self._sessions.cookie(session), session.expires) if session else ("", 0)
        is_https = request.scheme == "https" or request.headers.get("origin", "").startswith("https://")
        answer.headers["Set-Cookie"] = set_cookie(value, expires, BASE, is_https)

    # Who may come in

    async def _sign_in(self, request: Request, form: Form) -> HTTPResponse:
        forwarded = request.headers.getall("x-forwarded-for", [])
        address = client_address(request.ip, forwarded, self._config.trusted_proxies)
        await in_time(self._rates.count(self._config.workbench_tries, "workbench", address))
        if not self._sessions.is_token(form.get("token", "")):
            error = FormError("token", "Ce n’est pas le bon jeton.")
            return html(self._pages.page("sign_in", signed_in=False, error=error), UNAUTHORIZED)
        answer = _to("/")
        self._remember(answer, request, self._sessions.begin())
        return answer

    async def _sign_out(self, visit: Visit) -> Reply:
        await self._forget(visit)
        answer = _to("/")
        self._remember(answer, visit.request, None)
        return Reply(answer)

    # The conversation

    async def _conversation(self, visit: Visit) -> Reply:
        return await self._show(visit, _look(visit.request.args.get("look")))

    async def _show(self, visit: Visit, look: str, error: FormError | None = None) -> Reply:
        turns = await self._turns(visit, look)
        typed = visit.form.get("text", "") if error else ""
        values: dict[str, Any] = {"look": look, "turns": turns, "opening": self._pages.opening(look), "typed": typed}
        return _page(self._pages.page("conversation", error=error, **values), error)

    async def _message(self, visit: Visit) -> Reply:
        look = _look(visit.form.get("look"))
        turns = await self._turns(visit)
        try:
            message = read_message(visit.form, self._gate, len(turns))
        except FormError as error:
            return await self._show(visit, look, error)
        await in_time(self._trial(visit).answer(message))
        ids = [turn.why.message_id for turn in turns]
        number = ids.index(message.id) + 1 if message.id in ids else len(ids) + 1
        return Reply(_to(f"/?look={look}#turn-{number}"))

    async def _new(self, visit: Visit) -> Reply:
        await self._forget(visit)
        return Reply(_to(f"/?look={_look(visit.form.get('look'))}"), self._sessions.renamed(visit.session))

    # Other words

    async def _again(self, visit: Visit, error: FormError | None = None) -> Reply:
        turns = await self._turns(visit)
        number = turn_number(visit.form.get("turn") or visit.request.args.get("turn"), len(turns))
        tried = self._pages.turns(await self._trial(visit, visit.session.other).events())
        values: dict[str, Any] = {
            "number": number,
            "before": turns[number - 1],
            "after": tried[-1] if len(tried) == number and not error else None,
            "typed": visit.form.get("text", "") if error else "",
        }
        return _page(self._pages.page("again", error=error, **values), error)

    async def _ask_again(self, visit: Visit) -> Reply:
        said = [event["text"] for event in await self._trial(visit).events() if event["event"] == "user"]
        number = turn_number(visit.form.get("turn"), len(said))
        try:
            words = read_words(visit.form, self._gate)
        except FormError as error:
            return await self._again(visit, error)
        await self._trial(visit, visit.session.other).hold_anew([*said[: number - 1], words])
        return Reply(_to(f"/again?turn={number}#again"))

    async def _adopt(self, visit: Visit) -> Reply:
        other = visit.session.other
        turns = self._pages.turns(await self._trial(visit, other).events())
        if not turns:
            raise RefusedError("not_found")
        await in_time(self._trial(visit).delete())
        return Reply(_to(f"/#turn-{len(turns)}"), self._sessions.renamed(visit.session, other))

    # What is kept

    async def _keeping(self, visit: Visit, error: FormError | None = None) -> Reply:
        turns = await self._turns(visit)
        values: dict[str, Any] = {
            "turns": turns,
            "count": len(turns),
            "max_name": MAX_NAME,
            "typed": visit.form.get("name", ""),
        }
        return _page(self._pages.page("keep", error=error, **values), error)

    async def _keep(self, visit: Visit) -> Reply:
        events = await self._trial(visit).events()
        try:
            async with self._gate.turns:
                kept = await keep(
                    visit.form.get("name", ""), events, visit.agent, self._masking, self._config.kept_tests
                )
        except KeepingError as problem:
            return await self._keeping(visit, FormError("name", str(problem)))
        if "download" in visit.form:
            disposition = {"Content-Disposition": f'attachment; filename="{kept.file}"'}
            return Reply(HTTPResponse(kept.text, headers=disposition, content_type="application/yaml; charset=utf-8"))
        return Reply(html(self._pages.page("kept", kept=kept)))

    async def _marking(self, visit: Visit, error: FormError | None = None) -> Reply:
        turns = await self._turns(visit)
        number = turn_number(visit.form.get("turn") or visit.request.args.get("turn"), len(turns))
        if not turns[number - 1].why.understood or turns[number - 1].why.is_button:
            raise RefusedError("not_found")
        values: dict[str, Any] = {
            "turn": turns[number - 1],
            "number": number,
            "groups": self._pages.subjects(),
            "max_note": MAX_NOTE,
            "typed": {name: visit.form.get(name, "") for name in ("right", "note")},
        }
        return _page(self._pages.page("misunderstood", error=error, **values), error)

    async def _mark(self, visit: Visit) -> Reply:
        turns = await self._turns(visit)
        number = turn_number(visit.form.get("turn"), len(turns))
        why, right = turns[number - 1].why, visit.form.get("right", "")
        if not why.understood or why.is_button:
            raise RefusedError("not_found")
        if not right:
            return await self._marking(visit, FormError("right", "Choisissez le bon sujet."))
        today, note = datetime.now(ZONE).date(), visit.form.get("note", "")
        names = self._pages.names
        try:
            record = misunderstood(why.text, why.understood.intent, right, today, note, names, self._masking)
            add(record, self._config.review_file)
        except ReviewError as problem:
            return await self._marking(visit, FormError("right", str(problem)))
        except OSError as problem:
            report(problem)
            raise RefusedError("unwritable") from None
        return Reply(html(self._pages.page("marked", record=record, right=names[right], number=number)))

    # Small things

    def _trial(self, visit: Visit, sender: str | None = None) -> Trial:
        return Trial(visit.agent, self._gate, sender or visit.session.sender)

    async def _turns(self, visit: Visit, look: str = WIDGET) -> list[Turn]:
        return self._pages.turns(await in_time(self._trial(visit).events()), look)

    async def _forget(self, visit: Visit) -> None:
        for sender in (visit.session.sender, visit.session.other):
            await in_time(self._trial(visit, sender).delete())


def _look(name: str | None) -> str:
    return name if name is not None and name in LOOKS else WIDGET


def _page(content: str, error: FormError | None) -> Reply:
    return Reply(html(content, UNPROCESSABLE if error else 200))


def _to(path: str) -> HTTPResponse:
    """Sends the browser to another page of the workbench, so that a form is not sent twice."""
    return HTTPResponse(status=SEE_OTHER, headers={"Location": BASE + path})
