"""HTTP with nothing but the standard library: keys, retries, uploads, downloads, events."""

from __future__ import annotations

import base64
import json
import os
import random
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from typing import IO, Any, Callable, Dict, Iterator, Mapping, Optional, Sequence, Tuple, Union

from .errors import MaquetteError
from .form import CHUNK, File, form_of, is_stream, open_all

RETRIES = 2
FIRST_DELAY = 0.3
#: A server that asks for more patience than this many seconds is told of as it answers.
LONGEST_DELAY = 30.0
#: Seconds that one request waits for a job; shorter than the idle timeouts of usual proxies.
WAIT = 25
#: Bytes of one request of an upload in parts: so many are sent again at the most when a connection breaks.
PART_BYTES = 8 << 20
#: Further tries without a byte of progress.
TRIES = 8
TUS = {"Tus-Resumable": "1.0.0"}


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
        base = base_url.rstrip("/")
        # Paths begin with it themselves; it is often copied along with the address.
        self._base = base[: -len("/v1")].rstrip("/") if base.endswith("/v1") else base
        self._key = key
        self._timeout = timeout
        self._retries = retries
        # A redirect would carry the key to another address.
        self._opener = urllib.request.build_opener(_NoRedirects())

    def url(self, path: str) -> str:
        """The whole address of a path, such as the ``url`` of a share, to be given to others."""
        return self._base + path

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
        headers: Optional[Mapping[str, Any]] = None,
        body: Any = None,
        content: Optional[bytes] = None,
        fields: Optional[Mapping[str, Any]] = None,
        files: Optional[Sequence[File]] = None,
    ) -> Any:
        url = self._base + path + _query_text(query or {})
        sent: Dict[str, str] = {"Authorization": f"Bearer {self._key}", "Accept": "*/*"}
        if method == "POST":
            sent["Idempotency-Key"] = str(uuid.uuid4())
        sent.update({name: str(value) for name, value in (headers or {}).items() if value is not None})
        if files is not None:
            open_all(files)
            boundary = uuid.uuid4().hex
            sent["Content-Type"] = f"multipart/form-data; boundary={boundary}"
            make = lambda: form_of(boundary, fields or {}, files)  # noqa: E731
        elif body is not None:
            text = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
            make = lambda: text  # noqa: E731
        elif content is not None:
            sent["Content-Type"] = "application/offset+octet-stream"
            make = lambda: content  # noqa: E731
        else:
            make = lambda: None  # noqa: E731
        # What is read once cannot be sent again.
        most = 0 if files is not None and any(is_stream(file) for file in files) else self._retries
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
            if wait == 0:
                time.sleep(min(0.2, left))

    def wait_for_asset(
        self,
        asset_id: str,
        *,
        timeout: Optional[float] = None,
        on_progress: Optional[Callable[[Any], None]] = None,
    ) -> Any:
        """Waits until an asset is ``ready`` (its preview made) or ``failed`` (see its ``error``).

        :param timeout: seconds after which ``TimeoutError`` is raised; the work goes on
        :param on_progress: told of its job each second
        """
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            asset = self._json("GET", f"/v1/assets/{asset_id}")
            if asset["state"] in ("ready", "failed"):
                return asset
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                raise TimeoutError(f"{asset_id} is still {asset['state']}")
            self.wait_for_job(asset["job"], timeout=left, on_progress=on_progress)
            time.sleep(0.1)

    def upload(
        self,
        path: Union[str, "os.PathLike[str]"],
        *,
        name: Optional[str] = None,
        project_id: Optional[str] = None,
        asset_id: Optional[str] = None,
        resume: Optional[str] = None,
        on_begun: Optional[Callable[[str], None]] = None,
        on_progress: Optional[Callable[[int, int], None]] = None,
        part_bytes: int = PART_BYTES,
    ) -> Any:
        """Uploads a file of any size in parts (tus 1.0.0): a connection that breaks does not begin it anew.

        Answers with the asset as soon as the bytes are stored; ``wait_for_asset`` waits for the rest.

        :param name: of the asset; that of the file without it
        :param project_id: the project that it comes into; the first one without it
        :param asset_id: the asset whose further version it becomes
        :param resume: id of an upload that an earlier program began of the same file; one that is not known any more is
            begun anew
        :param on_begun: told the id of the upload that was begun: kept, it can be gone on with after a crash
        :param on_progress: told the bytes that are there, and how many there are
        """
        total = os.path.getsize(path)
        file_name = os.path.basename(os.fspath(path))
        known = None if resume is None else self._upload_so_far(resume, total)
        if known is None:
            metadata = ",".join(f"{key} {_base64(value)}" for key, value in (("filename", file_name), ("hold", "true")))
            headers = {**TUS, "Upload-Length": str(total), "Upload-Metadata": metadata}
            upload_id = self._json("POST", "/v1/uploads", headers=headers)["id"]
            offset = 0
            if on_begun:
                on_begun(upload_id)
        else:
            upload_id, offset = resume, known
        with open(path, "rb") as file:
            self._send_parts(file, upload_id, offset, total, part_bytes, on_progress)
        made = {"uploads": [upload_id]}
        if asset_id is not None:
            return self._json("POST", f"/v1/assets/{asset_id}/versions", body=made)
        place = {"name": name, "projectId": project_id}
        body = {**made, **{key: value for key, value in place.items() if value is not None}}
        return self._json("POST", "/v1/assets", body=body)

    def _send_parts(
        self,
        file: IO[bytes],
        upload_id: str,
        offset: int,
        total: int,
        part_bytes: int,
        on_progress: Optional[Callable[[int, int], None]],
    ) -> None:
        failed = 0
        while offset < total:
            file.seek(offset)
            part = file.read(part_bytes)
            if not part:
                raise OSError(f"The file became shorter than {total} bytes while it was read.")
            try:
                headers = {**TUS, "Upload-Offset": str(offset)}
                with self._send("PATCH", f"/v1/uploads/{upload_id}", headers=headers, content=part) as answer:
                    offset = int(answer.headers["Upload-Offset"])
                failed = 0
            except MaquetteError as error:
                failed += 1
                if failed > TRIES or not _may_pass(error):
                    raise
                time.sleep(min(_delay(failed, None), 15.0))
                try:
                    there = self._upload_so_far(upload_id, total)
                except MaquetteError as away:
                    if not _may_pass(away):
                        raise
                    continue
                if there is None:
                    raise
                failed = 0 if there > offset else failed
                offset = there
            if on_progress:
                on_progress(offset, total)

    def _upload_so_far(self, upload_id: str, total: int) -> Optional[int]:
        """The bytes of an upload that are there; ``None`` for one that is unknown or of another size."""
        try:
            upload = self._json("GET", f"/v1/uploads/{upload_id}", headers=TUS)
        except MaquetteError as error:
            if error.code == "not_found":
                return None
            raise
        return int(upload["received"]) if upload["bytes"] == total else None

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


def _may_pass(error: MaquetteError) -> bool:
    """Whether it may be over next time: the server's own, too many requests, or bytes that belong elsewhere by now."""
    return error.fault == "system" or error.code in ("conflict", "rate_limited")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


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
