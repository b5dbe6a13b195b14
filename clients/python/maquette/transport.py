"""HTTP with nothing but the standard library: keys, retries, uploads, downloads, events."""

from __future__ import annotations

import json
import os
import random
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from typing import IO, Any, Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

from .errors import MaquetteError

#: A file to upload: a path, its bytes, or something to read from, alone or as (name, content). A name may hold a folder.
File = Union[str, "os.PathLike[str]", Tuple[str, Union[bytes, IO[bytes], "os.PathLike[str]"]]]

RETRIES = 2
FIRST_DELAY = 0.3
#: A server that asks for more patience than this many seconds is told of as it answers.
LONGEST_DELAY = 30.0
#: Seconds that one request waits for a job; shorter than the idle timeouts of usual proxies.
WAIT = 25
CHUNK = 1 << 16


class Download:
    """The bytes of an answer, read as they are needed. Close it, or use it in a ``with``."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer
        self.status: int = answer.status
        self.content_type: str = answer.headers.get("Content-Type", "application/octet-stream")

    def read(self, amount: Optional[int] = None) -> bytes:
        """So many bytes, or all that are left."""
        return self._answer.read() if amount is None else self._answer.read(amount)

    def save(self, path: Union[str, "os.PathLike[str]"]) -> None:
        """Writes all that is left to a file, a piece at a time."""
        with self, open(path, "wb") as file:
            while True:
                piece = self.read(CHUNK)
                if not piece:
                    return
                file.write(piece)

    def close(self) -> None:
        self._answer.close()

    def __enter__(self) -> "Download":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Transport:
    """Sends requests in the name of one key."""

    def __init__(self, base_url: str, key: str, *, timeout: float = 90.0, retries: int = RETRIES) -> None:
        """
        :param base_url: address of the server, e.g. ``http://127.0.0.1:3000``
        :param key: API key
        :param timeout: seconds without a byte after which a request is given up
        :param retries: how often a request that got no answer, or was put off, is sent again
        """
        self._base = base_url.rstrip("/")
        self._key = key
        self._timeout = timeout
        self._retries = retries
        # A redirect would carry the key to another address.
        self._opener = urllib.request.build_opener(_NoRedirects())

    def _json(self, method: str, path: str, **request: Any) -> Any:
        with self._send(method, path, **request) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def _bytes(self, method: str, path: str, **request: Any) -> Download:
        return Download(self._send(method, path, **request))

    def _pages(self, path: str, query: Mapping[str, Any]) -> Iterator[Any]:
        cursor: Optional[str] = None
        while True:
            page = self._json("GET", path, query={**query, "cursor": cursor})
            yield from page["data"]
            cursor = page["nextCursor"]
            if cursor is None:
                return

    def _send(
        self,
        method: str,
        path: str,
        *,
        query: Optional[Mapping[str, Any]] = None,
        headers: Optional[Mapping[str, Optional[str]]] = None,
        body: Any = None,
        fields: Optional[Mapping[str, Any]] = None,
        files: Optional[Sequence[File]] = None,
    ) -> Any:
        url = self._base + path + _query_text(query or {})
        sent: Dict[str, str] = {"Authorization": f"Bearer {self._key}", "Accept": "*/*"}
        if method == "POST":
            sent["Idempotency-Key"] = str(uuid.uuid4())
        sent.update({name: value for name, value in (headers or {}).items() if value is not None})
        if files is not None:
            boundary = uuid.uuid4().hex
            sent["Content-Type"] = f"multipart/form-data; boundary={boundary}"
            make = lambda: _form(boundary, fields or {}, files)  # noqa: E731
        elif body is not None:
            content = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
            make = lambda: content  # noqa: E731
        else:
            make = lambda: None  # noqa: E731
        # What is read once cannot be sent again.
        most = 0 if files is not None and any(_is_stream(file) for file in files) else self._retries
        for attempt in range(most + 1):
            request = urllib.request.Request(url, data=make(), headers=sent, method=method)
            try:
                return self._opener.open(request, timeout=self._timeout)
            except urllib.error.HTTPError as answer:
                error = _error_of(answer)
                delay = _delay(attempt, answer.headers.get("Retry-After"))
                again = answer.code in (429, 503) or (answer.code in (502, 504) and method != "DELETE")
                if attempt == most or not again or delay > LONGEST_DELAY:
                    raise error from None
            except OSError as cause:
                if attempt == most or method in ("DELETE", "PATCH"):
                    raise MaquetteError(
                        "unavailable",
                        f"{url} does not answer: {cause}.",
                        remedy="Check the address, and that the server runs.",
                    ) from cause
                delay = _delay(attempt, None)
            time.sleep(delay)
        raise AssertionError("unreachable")

    def wait_for_job(
        self,
        job_id: str,
        *,
        timeout: Optional[float] = None,
        on_progress: Optional[Callable[[Any], None]] = None,
    ) -> Any:
        """Waits until a job has ended, whichever way: see its ``state``.

        :param timeout: seconds after which ``TimeoutError`` is raised; the job goes on
        :param on_progress: told of the job each second
        """
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            left = WAIT if until is None else max(0.0, until - time.monotonic())
            wait = min(WAIT, 1 if on_progress else WAIT, int(left))
            job = self._json("GET", f"/v1/jobs/{job_id}", headers={"Prefer": f"wait={wait}"})
            if on_progress:
                on_progress(job)
            if job["state"] in ("succeeded", "failed", "canceled"):
                return job
            if until is not None and time.monotonic() >= until:
                raise TimeoutError(f"{job_id} is still {job['state']}")

    def wait_for_asset(self, asset_id: str, *, timeout: Optional[float] = None) -> Any:
        """Waits until an asset is ``ready`` (its preview made) or ``failed`` (see its ``error``)."""
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            asset = self._json("GET", f"/v1/assets/{asset_id}")
            if asset["state"] in ("ready", "failed"):
                return asset
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                raise TimeoutError(f"{asset_id} is still {asset['state']}")
            self.wait_for_job(asset["job"], timeout=left)
            time.sleep(0.1)

    def download(self, url: str) -> Download:
        """What is behind the ``url`` of a file, derivative or preview."""
        return self._bytes("GET", url)

    def _events(self, path: str, query: Mapping[str, Any]) -> Iterator[Any]:
        """Events in order; a lost connection is made again from the last one."""
        last: Optional[str] = None
        delay = FIRST_DELAY
        while True:
            try:
                headers = {"Accept": "text/event-stream", "Last-Event-ID": last}
                with self._send("GET", path, query=query, headers=headers) as answer:
                    for name, data in _blocks(answer):
                        delay = FIRST_DELAY
                        last = name or last
                        event = None if data is None else json.loads(data)
                        if event is not None and event["type"] != "closing":
                            yield event
            except MaquetteError as error:
                if error.fault == "input":
                    raise
            except OSError:
                pass
            time.sleep(delay * (0.5 + random.random() / 2))
            delay = min(delay * 2, 15.0)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _blocks(answer: Any) -> Iterator[Tuple[Optional[str], Optional[str]]]:
    """The blocks of server-sent events: id and data."""
    name: Optional[str] = None
    data: Optional[str] = None
    for raw in answer:
        line = raw.decode().rstrip("\r\n")
        if line == "":
            if name is not None or data is not None:
                yield name, data
            name = data = None
        elif line.startswith("id:"):
            name = line[3:].strip()
        elif line.startswith("data:"):
            data = line[5:].strip()


def _query_text(query: Mapping[str, Any]) -> str:
    pairs = [(name, _value_text(value)) for name, value in query.items() if value is not None]
    return "?" + urllib.parse.urlencode(pairs) if pairs else ""


def _value_text(value: Any) -> str:
    """Lists get commas between their items, other structures are JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ",".join(_value_text(item) for item in value)
    return json.dumps(value) if isinstance(value, dict) else str(value)


def _is_stream(file: File) -> bool:
    return isinstance(file, tuple) and hasattr(file[1], "read")


def _form(boundary: str, fields: Mapping[str, Any], files: Sequence[File]) -> Iterator[bytes]:
    """A form (RFC 7578), a piece at a time: files are never in memory whole."""
    for name, value in fields.items():
        if value is not None:
            yield _part(boundary, f'name="{name}"') + str(value).encode() + b"\r\n"
    for file in files:
        name, content = file if isinstance(file, tuple) else (os.path.basename(os.fspath(file)), file)
        yield _part(boundary, f'name="file"; filename="{_quoted(name)}"', "application/octet-stream")
        yield from _pieces(content)
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode()


def _pieces(content: Any) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
    elif hasattr(content, "read"):
        yield from iter(lambda: content.read(CHUNK), b"")
    else:
        with open(content, "rb") as file:
            yield from iter(lambda: file.read(CHUNK), b"")


def _part(boundary: str, disposition: str, content_type: Optional[str] = None) -> bytes:
    lines: List[str] = [f"--{boundary}", f"Content-Disposition: form-data; {disposition}"]
    if content_type is not None:
        lines.append(f"Content-Type: {content_type}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _quoted(name: str) -> str:
    """As browsers write names of files (WHATWG HTML, multipart/form-data encoding)."""
    return name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")


def _error_of(answer: urllib.error.HTTPError) -> MaquetteError:
    with answer:
        text = answer.read()
    try:
        problem = json.loads(text)
    except ValueError:
        problem = {}
    return MaquetteError.from_problem(answer.code, problem if isinstance(problem, dict) else {})


def _delay(attempt: int, retry_after: Optional[str]) -> float:
    """Seconds: what the server asks for, or doubling with chance in it, so that clients do not come back as one."""
    if retry_after is not None and retry_after.isdigit():
        return float(retry_after)
    return FIRST_DELAY * 2**attempt * (0.5 + random.random())
