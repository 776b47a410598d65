"""HTTP for every API function: the application, its strict routes, its answers."""

from paycore.http.app import create_app
from paycore.http.problem import reply
from paycore.http.routes import (
    DryRunQuery,
    Router,
    cached_entry,
    current_caller,
    needs,
    request_key,
    request_origin,
    required_key,
)

__all__ = [
    "DryRunQuery",
    "Router",
    "cached_entry",
    "create_app",
    "current_caller",
    "needs",
    "reply",
    "request_key",
    "request_origin",
    "required_key",
]
