"""What consumers have written to the document store."""

from typing import Any

from pymongo.collection import Collection

from tests.integration.local_platform.caller import wait_until

Document = dict[str, Any]


def written(documents: Collection[Document], about: Document, count_min: int = 1) -> list[Document]:
    """The documents that match `about`, once there are at least `count_min`.

    Found and never counted: to count, the local store reads all that it has, for seconds after a long run, and takes
    nothing from anybody meanwhile. A test that counted over and over kept waiting what it waited for.
    """
    found: list[Document] = []

    def are_there() -> bool:
        found[:] = documents.find(about)
        return len(found) >= count_min

    wait_until(are_there)
    return found
