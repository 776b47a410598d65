"""A Django site with one view: a transfer by django-hordak. Runs in the peer's own environment, under gunicorn.

As little as can be: no key, no session, no limiter, no check of funds, no event. libpq reads the PG* variables.
"""

import json
import os
import sys

import django
from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path

ACCOUNTS = 64

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1"],
    SECRET_KEY="of no use here",  # noqa: S106  # nothing is signed
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],  # says how long an answer is
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": os.environ["PGDATABASE"],
            "CONN_MAX_AGE": None,
            "OPTIONS": {"sslmode": os.environ["PGSSLMODE"]},
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

from hordak.models import Account, AccountType  # noqa: E402  # only after setup
from moneyed import Money  # noqa: E402  # as above


def transfer(request: HttpRequest) -> JsonResponse:
    """Moves money from one account to another, both given by their ids."""
    wanted = json.loads(request.body)
    with transaction.atomic():
        source, target = (Account.objects.get(id=wanted[side]) for side in ("source", "target"))
        made = source.transfer_to(target, Money(wanted["amount"], "EUR"))
    return JsonResponse({"id": str(made.uuid)}, status=201)


urlpatterns = [path("transfer", transfer)]

if __name__ == "__main__":
    execute_from_command_line([sys.argv[0], "migrate", "-v", "0"])
    for number in range(1, ACCOUNTS + 2):
        made = Account.objects.create(
            name=f"wallet {number}", code=f"{number}", type=AccountType.liability, currencies=["EUR"]
        )
        print(made.pk)
else:
    application = get_wsgi_application()
