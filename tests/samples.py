"""The sample events in events/: one for each route and trigger."""

import json
import re
from pathlib import Path
from typing import Any

EVENTS = Path(__file__).resolve().parents[1] / "events"


def sample_name(method: str, template: str) -> str:
    """How the sample of a route is called: each `{parameter}` becomes `id`."""
    words = re.sub(r"[^a-z0-9]+", "_", re.sub(r"{[^}]+}", "id", template).lower()).strip("_")
    return f"apigw_{method.lower()}_{words}"


def sample_request(method: str, template: str) -> dict[str, Any]:
    """The request of a route, as API Gateway would send it to the function."""
    event: dict[str, Any] = json.loads((EVENTS / f"{sample_name(method, template)}.json").read_text())
    return event
