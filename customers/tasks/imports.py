"""Celery's doors into imports."""

from celery import shared_task

from customers.actions.imports import import_work, imports_resume


@shared_task(time_limit=240)
def work_import(job_pk: int) -> None:
    """Some chunks of one import."""
    import_work(job_pk=job_pk)


@shared_task(time_limit=60)
def resume_imports() -> None:
    """Every minute: imports whose worker died go on."""
    imports_resume()
