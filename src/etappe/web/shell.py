"""What every page stands in: who asks and when, how an answer is shown, and how a message reaches the reader.

A view takes a `Request`, calls one action or query with `request.actor` and `request.at`, and ends in `show`, `go` or
an exception of `etappe.core.errors`, which `EdgeMiddleware` turns into the page that says what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise, cached_property

from etappe.core.actor import Actor
from etappe.journal.labels import language
from etappe.team.access import may
from etappe.team.queries import WorkspaceView, has_administrator, workspace
from etappe.web import frame, navigation

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

UNDO_SECONDS = 10


class Request(HttpRequest):
    """A request of somebody who signed in, as `PersonMiddleware` leaves it. Only a type: views annotate with it."""

    htmx: HtmxDetails
    actor: Actor
    at: datetime
    workspace: WorkspaceView


def today(request: Request) -> date:
    """The day it is in the workspace's zone."""
    return request.at.astimezone(ZoneInfo(request.workspace.zone)).date()


def show(
    request: HttpRequest, template: str, page: object, *, part: str = "", into: str = "", status: int = 200
) -> HttpResponse:
    """The page; for htmx only its partial `part` (`{% partialdef part %}` in the same file), if one is named.

    `page` is a dataclass, `page` in the template. `into` is the id of the element that the partial goes to whatever the
    sender aimed at: `panel` opens the side sheet.
    """
    if not (part and wants_part(request)):
        return render(request, template, {"page": page, "is_part": False}, status=status)
    answer = render(request, f"{template}#{part}", {"page": page, "is_part": True}, status=status)
    if into:
        answer["HX-Retarget"], answer["HX-Reswap"] = f"#{into}", "innerHTML"
    return answer


def wants_part(request: HttpRequest) -> bool:
    """Whether htmx asks, and not for a whole page."""
    asked: HtmxDetails | None = getattr(request, "htmx", None)
    if asked is None:
        return False
    return bool(asked) and not (asked.boosted or asked.history_restore_request)


def go(request: HttpRequest, to: str, *args: Any) -> HttpResponse:
    """On to another page after a write, for forms and for htmx. `to` is a route's name or an address."""
    answer = redirect(to, *args)
    answer.status_code = 303
    if not wants_part(request):
        return answer
    led = HttpResponse(status=200)
    led["HX-Redirect"] = answer["Location"]
    return led


def say(request: HttpRequest, text: str | Promise, *, undo: str = "") -> None:
    """A short message on this page or the next; `undo` is the address that a POST takes it back at."""
    messages.success(request, str(text), extra_tags=undo)


def warn(request: HttpRequest, text: str | Promise) -> None:
    """A short message about something that went wrong."""
    messages.error(request, str(text))


@dataclass(frozen=True)
class Shell:
    """What the frame of a page shows. Nothing is looked up that the page does not use."""

    request: HttpRequest

    @cached_property
    def viewer(self) -> Actor | None:
        """Who looks; nobody before the sign-in."""
        return getattr(self.request, "actor", None)

    @cached_property
    def groups(self) -> tuple[tuple[navigation.Place, ...], ...]:
        """The rail: the lifecycle, then records and duties."""
        found = self._places(navigation.LIFECYCLE), self._places(navigation.RECORDS)
        return tuple(group for group in found if group)

    @cached_property
    def tabs(self) -> tuple[navigation.Place, ...]:
        """The phone's tab bar."""
        return navigation.tabs(self.request, self.viewer) if self.viewer else ()

    @cached_property
    def own(self) -> tuple[navigation.Place, ...]:
        """The menu behind the viewer's name."""
        return self._places(navigation.OWN)

    @cached_property
    def settings(self) -> tuple[navigation.Place, ...]:
        """The sections of the settings."""
        return self._places(navigation.SETTINGS)

    def _places(self, destinations: tuple[navigation.Destination, ...]) -> tuple[navigation.Place, ...]:
        return navigation.places(self.request, self.viewer, destinations) if self.viewer else ()

    @cached_property
    def look(self) -> frame.Look:
        """All that the frame shows of this request."""
        return frame.Look(
            language=self.language,
            user_name=self.user_name,
            workspace_name=self.workspace_name,
            groups=self.groups,
            tabs=self.tabs,
            own=self.own,
            is_demo=self.is_demo,
            start_empty=self.start_empty if self.is_demo else "",
            home=self.home,
            is_in=self.viewer is not None,
        )

    @cached_property
    def frame(self) -> frame.Frame:
        """What stands around the page's content."""
        return frame.frame_of(self.look, get_token(self.request))

    @property
    def home(self) -> str:
        """Where the word mark leads."""
        return navigation.address("today") or "/"

    @property
    def language(self) -> str:
        """The language of the page."""
        return language()

    @property
    def theme(self) -> str:
        """`light`, `dark`, or nothing: as the system has it."""
        return getattr(getattr(self.request, "user", None), "theme", "")

    @property
    def density(self) -> str:
        """How close the rows of tables stand."""
        return getattr(getattr(self.request, "user", None), "density", "")

    @cached_property
    def is_set_up(self) -> bool:
        """Whether somebody runs this workspace yet."""
        return has_administrator()

    @property
    def can_mail(self) -> bool:
        """Whether a mail server is set up."""
        return bool(settings.EMAIL_HOST)

    @property
    def user_name(self) -> str:
        """Who is signed in."""
        return self.viewer.label if self.viewer else ""

    @cached_property
    def workspace(self) -> WorkspaceView:
        """The workspace's settings."""
        return getattr(self.request, "workspace", None) or workspace()

    @property
    def workspace_name(self) -> str:
        """The workspace's name."""
        return self.workspace.name

    @property
    def may_edit_workspace(self) -> bool:
        """Whether the viewer may answer the four questions."""
        return self.viewer is not None and may(self.viewer, "workspace.edit")

    @property
    def is_demo(self) -> bool:
        """Whether the data are simulated, which the page says on top."""
        return bool(self.viewer) and self.workspace.is_demo

    @property
    def start_empty(self) -> str:
        """Where the demo is left for a workspace of one's own."""
        return navigation.address("start_empty") if self.may_edit_workspace else ""


def context(request: HttpRequest) -> dict[str, Any]:
    """The template context every page gets: `shell`, and the reader's `today` for due dates."""
    at = getattr(request, "at", None)
    return {"shell": Shell(request), "today": timezone.localdate(at) if at else None}
