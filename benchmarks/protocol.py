"""What a browser and Streamlit's server say to each other: the messages of a page, without a browser. Tests speak so too."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.typing import Origin, Subprotocol

REMEMBERED = 2  # scripts for which a browser keeps a large message, to be sent its hash alone


def stream(address: str) -> str:
    """Where the socket of a page is."""
    return f"ws://{address}/_stcore/stream"


def opening(address: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """How a browser opens it."""
    return {
        "subprotocols": [Subprotocol("streamlit")],
        "max_size": None,
        "origin": Origin(f"http://{address}"),
        "additional_headers": dict(headers),
        "max_queue": None,
        "close_timeout": 2,
    }


@dataclass
class Controls:
    """What can be typed into, pressed and asked for."""

    boxes: list[str] = field(default_factory=list)  # the ids of the boxes for a line of text
    buttons: dict[str, str] = field(default_factory=dict)  # the ids of those that can be pressed, by what stands on them
    polls: dict[str, float] = field(default_factory=dict)  # how often, in seconds, parts of the page are to be asked for, by their ids


@dataclass
class Shown:
    """What the server has said of one page, as far as somebody needs who types and presses."""

    session: str = ""
    query: str = ""
    pages: dict[str, str] = field(default_factory=dict)  # the hash of each, by its place in the address
    controls: Controls = field(default_factory=Controls)
    coming: Controls = field(default_factory=Controls)  # of the script that runs
    errors: list[str] = field(default_factory=list)
    cached: dict[str, int] = field(default_factory=dict)  # hashes of large messages, with the number of scripts since they came
    received: int = 0

    def hear(self, said: bytes) -> ForwardMsg:
        """Take in one message."""
        self.received += len(said)
        message = ForwardMsg()
        message.ParseFromString(said)
        match message.WhichOneof("type"):
            case "new_session":
                self.session = message.new_session.initialize.session_id or self.session
                self.coming = Controls()
            case "navigation":
                self.pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            case "delta" if message.delta.WhichOneof("type") == "new_element":
                self._element(message.delta.new_element)
            case "auto_rerun":
                self.coming.polls[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
            case "page_not_found":
                self.errors.append("page not found")
            case "script_finished":
                self._finished(message.script_finished)
        if name := message.ref_hash or (message.hash if message.metadata.cacheable else ""):
            self.cached[name] = 0
        return message

    def _element(self, element: Any) -> None:
        match element.WhichOneof("type"):
            case "text_input" if not element.text_input.disabled:
                self.coming.boxes.append(element.text_input.id)
            case "button" if not element.button.disabled:
                self.coming.buttons[element.button.label] = element.button.id
            case "exception":
                self.errors.append(f"{element.exception.type}: {element.exception.message}")

    def _finished(self, how: int) -> None:
        if how == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            self.errors.append("the script of the page cannot be read")
        if how == ForwardMsg.FINISHED_SUCCESSFULLY:
            self.controls = self.coming
            self.cached = {name: since + 1 for name, since in self.cached.items() if since < REMEMBERED}


def rerun(shown: Shown | None = None, *, page: str = "", query: str = "", fragment: str = "", widget: WidgetState | None = None) -> bytes:
    """Let the page at this place of the address be drawn, or a part of it alone, perhaps because a widget has changed."""
    asked = BackMsg()
    script = asked.rerun_script
    script.query_string = query
    if shown and page in shown.pages:
        script.page_script_hash = shown.pages[page]
    else:
        script.page_name = page
    if shown:
        script.cached_message_hashes.extend(shown.cached)
    if fragment:
        script.fragment_id, script.is_auto_rerun = fragment, True
    if widget:
        script.widget_states.widgets.append(widget)
    message: bytes = asked.SerializeToString()
    return message


def typed(box: str, text: str) -> WidgetState:
    """A line of text, typed into a box."""
    return WidgetState(id=box, string_value=text)


def pressed(button: str) -> WidgetState:
    """A button, pressed."""
    return WidgetState(id=button, trigger_value=True)
