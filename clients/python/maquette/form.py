"""Forms with files, as uploads send them."""

from __future__ import annotations

import os
from typing import IO, Any, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

#: A file to upload: a path, its bytes, or something to read from, alone or as (name, content). A name may hold a folder.
File = Union[str, "os.PathLike[str]", Tuple[str, Union[bytes, IO[bytes], "os.PathLike[str]"]]]

#: Bytes that are read at a time.
CHUNK = 1 << 16


def open_all(files: Sequence[File]) -> None:
    """Fails as Python does where a file cannot be read, before it looks like a server that is away."""
    for file in files:
        content = file[1] if isinstance(file, tuple) else file
        if isinstance(content, (str, os.PathLike)):
            open(content, "rb").close()


def is_stream(file: File) -> bool:
    return isinstance(file, tuple) and hasattr(file[1], "read")


def form_of(boundary: str, fields: Mapping[str, Any], files: Sequence[File]) -> Iterator[bytes]:
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
