"""A row of nearly everything that the admin has a page for."""

from customers import demo as customers_demo
from messaging import demo as messaging_demo
from messaging.models import ChannelCircuit, OptOut
from tests.factories import CustomerFactory, TagFactory, TagGroupFactory, TicketFactory
from tickets import demo as tickets_demo
from wechat.models import Callback, CallbackSource, SyncJob, SyncJobKind, SyncKind, SyncRun


def everything() -> None:
    for demo in (customers_demo, messaging_demo, tickets_demo):
        demo.load("a-password-for-tests-1")
    TagFactory(group=TagGroupFactory())
    TicketFactory(customer=CustomerFactory())
    ChannelCircuit.objects.create(key="SMS:1", is_open=True)
    OptOut.objects.create(channel="SMS", address="+8613800138000")
    Callback.objects.create(source=CallbackSource.AIBOT, dedupe_key="1", payload={})
    SyncRun.objects.create(kind=SyncKind.values[0])
    SyncJob.objects.create(kind=SyncJobKind.PUSH_TAGS, key="1", is_failed=True)
