"""What a server says went wrong."""

from __future__ import annotations

from typing import Any, Dict, List, Optional


class MaquetteError(Exception):
    """A request that was refused or got no answer.

    ``code`` is one of a closed set (docs/errors.md), ``fault`` says whose it is: ``input`` (the request or the model has
    to change) or ``system`` (the operator has to look), ``remedy`` what to do.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: Optional[int] = None,
        fault: str = "system",
        remedy: Optional[str] = None,
        request_id: Optional[str] = None,
        errors: Optional[List[Dict[str, Any]]] = None,
    ) -> None:
        super().__init__(f"{code}: {message}" if remedy is None else f"{code}: {message} {remedy}")
        self.code = code
        self.message = message
        self.status = status
        self.fault = fault
        self.remedy = remedy
        self.request_id = request_id
        self.errors = errors or []

    @classmethod
    def from_problem(cls, status: int, problem: Dict[str, Any]) -> "MaquetteError":
        """The error that a problem document (RFC 9457) tells of."""
        return cls(
            str(problem.get("code", "internal")),
            str(problem.get("detail", f"The server answered {status} without saying why.")),
            status=status,
            fault=str(problem.get("fault", "system")),
            remedy=problem.get("remedy"),
            request_id=problem.get("requestId"),
            errors=problem.get("errors"),
        )
