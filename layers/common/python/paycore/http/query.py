"""What a query may hold: names that the route knows, each once, and texts that PostgreSQL takes."""

import re

from fastapi import Request

from paycore.errors import InvalidParameter
from paycore.fields import METADATA_NAME

# Stands for any key of the metadata.
_IN_METADATA = re.compile(rf"metadata\[{METADATA_NAME}\]")


def is_dry(request: Request) -> bool:
    """Whether `dry_run` says so; raises InvalidParameter for other words than true and false."""
    word = request.query_params.get("dry_run", "false")
    if word not in ("true", "false"):
        raise InvalidParameter(param="dry_run")
    return word == "true"


def check_query(request: Request, parameters: set[str]) -> None:
    """Raises InvalidParameter, which repeats no name that the route does not know."""
    seen: set[str] = set()
    for name, value in request.query_params.multi_items():
        bare = "metadata" if name.startswith("metadata[") else name
        if bare not in parameters:
            raise InvalidParameter(param="?")
        is_spelt_well = bare == name or _IN_METADATA.fullmatch(name) is not None
        if not is_spelt_well or name in seen or "\0" in value or "\ufffd" in value:
            raise InvalidParameter(param=bare)
        seen.add(name)
