"""New accounts without the way of a mail: the user service's own use cases, run as its function in a process beside.

A test that only needs somebody waits neither for Kafka and the mailbox nor twice for a hash that is slow on purpose.
Tests about registration, passwords and sessions go through the public door instead (newcomer.py).
"""

import os
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from local.aws_endpoint import ssm_parameters
from local.configuration import STAGE, Configuration
from local.environments.code import process_variables
from local.environments.specification import functions_of
from local.story import Person
from local.template import load_template

FUNCTION = f"paycore-{STAGE}-user-api"
CHEAPEST_COST = 4  # of bcrypt; the stored hash carries it, so that later sign-ins of these people are cheap, too
CODE = "abcde-fghjk"


class Registrar:
    """Opens accounts in the running system; to be closed. `cost` is that of their bcrypt hashes."""

    def __init__(self, platform: Configuration, cost: int | None = None) -> None:
        function = functions_of(load_template(platform), platform, ssm_parameters(platform))[FUNCTION]
        variables = process_variables(function, platform, runtime_api="")
        # a process of its own: what a function reads from its environment, it reads once
        self._function = ProcessPoolExecutor(
            1, get_context("spawn"), initializer=_become, initargs=(variables, cost or CHEAPEST_COST)
        )

    def close(self) -> None:
        self._function.shutdown()

    def register(self, person: Person) -> None:
        """Registers, verifies and signs in."""
        sent = (person.name, person.email, person.password, person.client.address)
        person.client.token = self._function.submit(_register, *sent).result(timeout=60)


def _become(variables: Mapping[str, str], cost: int) -> None:
    """This process is an environment of the function from now on."""
    os.environ.update(variables)
    from functions.user import codes, passwords

    passwords.COST = cost
    codes.new_code = lambda: CODE


def _register(name: str, email: str, password: str, address: str) -> str:
    """The access token of a new account."""
    from functions.user.log_in import log_in
    from functions.user.register import register
    from functions.user.schemas import LogIn, Register
    from functions.user.verify_email import verify_email
    from paycore.origin import Origin

    origin = Origin(address, request_id="test")
    register(Register(email=email, password=password, full_name=name), origin)
    verify_email(email, CODE, origin)
    return str(log_in(LogIn(email=email, password=password), origin)["access_token"])
