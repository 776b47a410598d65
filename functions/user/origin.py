"""Where a request comes from: what counters and events need to know of it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request


@dataclass(frozen=True, slots=True)
class Origin:
    """`address` is the gateway's word for the source, never a header's."""

    address: str
    request_id: str


async def _origin(request: Request) -> Origin:
    return Origin(
        address=request.scope["aws.event"]["requestContext"]["identity"]["sourceIp"],
        request_id=request.scope["paycore.request_id"],
    )


request_origin = Annotated[Origin, Depends(_origin)]
