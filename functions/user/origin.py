"""Where a request comes from: what counters and events need to know of it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request


@dataclass(frozen=True, slots=True)
class Origin:
    """`address` is the gateway's word for the source, never a header's.

    `limits_are_exact` is false while Redis is down and each environment counts alone.
    """

    address: str
    request_id: str
    limits_are_exact: bool = True


async def _origin(request: Request) -> Origin:
    return Origin(
        address=request.scope["aws.event"]["requestContext"]["identity"]["sourceIp"],
        request_id=request.scope["paycore.request_id"],
        limits_are_exact=request.scope["paycore.limits_are_exact"],
    )


request_origin = Annotated[Origin, Depends(_origin)]
