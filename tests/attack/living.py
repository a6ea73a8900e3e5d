"""`python -m tests.attack.living`: plants payloads in the system whose environment it has; prints its pages."""

import json
import sys

import django

django.setup()

from django.db import transaction  # noqa: E402 - after the setup
from django.db.models import F  # noqa: E402

from customers.models import User  # noqa: E402
from tests.attack import addresses  # noqa: E402
from tests.attack.payloads import markup  # noqa: E402
from tests.attack.planting import overwrite  # noqa: E402
from wechat.models import KfAccount  # noqa: E402


def main() -> None:
    with transaction.atomic():
        overwrite(markup)
        # Whom WeCom does not know is switched off by the next sync of the staff.
        User.objects.update(wecom_user_id=F("username"))
        # Nothing that a job would take to the platform at once.
        KfAccount.objects.all().delete()
    pages = list(dict.fromkeys(addresses.admin_pages("xss7")))
    sys.stdout.write("\n" + json.dumps(pages))


if __name__ == "__main__":
    main()
