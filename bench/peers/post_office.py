"""django-post_office: mails in PostgreSQL, sent over SMTP by its own command's engine."""

import time
from collections.abc import Sequence

import django

from bench.peers.race import Job, race
from bench.processes import Processes

BODY = "{{ name }}，您好：您的工单已有新进展，请点击查看详情。感谢您的支持！"


class PostOffice:
    packages = ("django-post-office", "django")
    safety = (
        "one row a mail with its final state and a log only for failures; sent in batches of 1,000 "
        "by 8 threads, SMTP connections kept; states written once a batch, no lease"
    )

    def start(self, job: Job, processes: Processes) -> Sequence[str]:
        django.setup()
        from django.core.management import call_command
        from post_office.models import EmailTemplate

        call_command("migrate", verbosity=0)
        EmailTemplate.objects.create(name="bench", subject="工单", content=BODY)
        return ()

    def send(self, job: Job, run: int) -> float:
        from post_office import mail
        from post_office.models import STATUS, Email

        started_at = time.time()
        mail.send_many(
            {
                "recipients": [f"u{run}.{number}@example.com"],
                "sender": "desk@example.com",
                "template": "bench",
                "context": {"name": f"客户{number}"},
            }
            for number in range(job.messages)
        )
        mail.send_queued_mail_until_done(processes=1, log_level=1)
        seconds = time.time() - started_at
        if Email.objects.exclude(status=STATUS.sent).exists():
            raise RuntimeError("not all mails were sent")
        return seconds


if __name__ == "__main__":
    race(PostOffice())
