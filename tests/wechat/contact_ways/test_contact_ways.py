"""渠道活码: the platform's copy follows ours, and who comes by it is shared out, tagged and owned."""

import pytest
from django.db import transaction
from django.utils import timezone

from customers.models import Customer, Follower, Tag, User
from wechat.contact_ways.actions import way_changed, ways_forget_member, ways_turn_day
from wechat.contact_ways.nightly import ways_check
from wechat.contact_ways.rotation import next_members
from wechat.contact_ways.statistics import way_statistics
from wechat.models import ContactWay, Rotation, SyncJob, SyncKind
from wechat.simulator.contacts import models as there
from wechat.simulator.contacts.acts import customers as acts
from wechat.simulator.models import Fault

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def make(corporation, settle):
    """A way that stands on the platform."""

    def made(rotation=Rotation.ALL, *, staff=("lisi", "wangwu"), **fields):
        way = ContactWay.objects.create(
            name="官网", state="ch_web", rotation=rotation, remark="官网首页", **fields
        )
        way.staff.set(User.objects.filter(username__in=staff))
        way_changed(way.pk)
        settle()
        way.refresh_from_db()
        return way

    return made


@pytest.fixture
def come(tell, settle):
    """Somebody new scans the code; whose customer they become."""

    def scan(way, name="新客户"):
        done = acts.customer_adds({"config_id": way.config_id, "name": name})
        for event in done.events:
            tell(event)
        settle()
        way.refresh_from_db()
        return Customer.objects.get(external_userid=done.result["external_userid"])

    return scan


def on_the_platform(way):
    return there.ContactWay.objects.get(config_id=way.config_id).fields


class TestWriting:
    def test_a_new_way_gets_its_code(self, make):
        way = make()
        assert way.qr_code.endswith(way.config_id)
        assert (way.version, way.error) == (way.pushed_version, "")
        fields = on_the_platform(way)
        assert set(fields["user"]) == {"lisi", "wangwu"}
        assert (fields["state"], fields["remark"], fields["type"]) == ("ch_web", "官网首页", 2)
        assert not SyncJob.objects.exists()

    def test_a_change_goes_to_the_same_code(self, make, settle):
        way = make()
        way.staff.set(User.objects.filter(username="wangwu"))
        way_changed(way.pk)
        settle()
        assert on_the_platform(way)["user"] == ["wangwu"]
        assert there.ContactWay.objects.count() == 1

    def test_a_way_that_is_switched_off_is_deleted_there(self, make, settle):
        way = make()
        ContactWay.objects.update(is_active=False)
        way_changed(way.pk)
        settle()
        way.refresh_from_db()
        assert (way.config_id, way.qr_code) == ("", "")
        assert not there.ContactWay.objects.exists()

    def test_one_that_was_deleted_there_is_made_anew(self, make, settle):
        way = make()
        there.ContactWay.objects.all().delete()
        assert ways_check() == 1
        settle()
        way.refresh_from_db()
        assert on_the_platform(way)["state"] == "ch_web"
        assert ways_check() == 0

    def test_a_refusal_stays_with_the_way_and_a_passing_trouble_passes(self, make, settle):
        way = make()
        Fault.objects.create(channel="CONTACT", mode="errcode", errcode=60011)
        way_changed(way.pk)
        settle()
        way.refresh_from_db()
        assert "60011" in way.error
        assert SyncJob.objects.get().is_failed
        Fault.objects.all().delete()
        way_changed(way.pk)
        settle()
        way.refresh_from_db()
        assert (way.error, way.pushed_version) == ("", way.version)

    def test_without_anybody_who_can_take_customers_it_says_so(self, make):
        way = make(staff=())
        assert "没有可以接待的成员" in way.error


class TestSharingOut:
    def test_in_turns_each_gets_the_next(self, make, come):
        way = make(Rotation.TURNS)
        owners = []
        for _ in range(4):
            assert on_the_platform(way)["user"] == [way.current.wecom_user_id]
            owners.append(come(way).follow_user.username)
        assert owners in (
            ["lisi", "wangwu", "lisi", "wangwu"],
            ["wangwu", "lisi", "wangwu", "lisi"],
        )
        assert way.added_count == 4

    def test_who_has_had_fewest_today_is_next(self, make, come):
        way = make(Rotation.LEAST)
        first = way.current
        come(way)
        assert way.current != first

    def test_the_daily_limit_passes_to_whoever_has_room(self, make, come):
        way = make(Rotation.ALL, daily_limit=1)
        taken = come(way).follow_user.username
        (left,) = on_the_platform(way)["user"]
        assert left != taken
        come(way)
        # All are full: the code does not die of it.
        assert set(on_the_platform(way)["user"]) == {"lisi", "wangwu"}

    def test_after_midnight_all_are_there_again(self, make, come, settle):
        way = make(Rotation.ALL, daily_limit=1)
        come(way)
        yesterday = timezone.now() - timezone.timedelta(days=1)
        Follower.objects.filter(state="ch_web").update(added_at=yesterday)
        assert ways_turn_day() == 1
        settle()
        assert set(on_the_platform(way)["user"]) == {"lisi", "wangwu"}

    def test_who_left_the_company_is_named_no_more(self, make, settle):
        way = make()
        User.objects.filter(username="lisi").update(is_active=False, resigned_at=timezone.now())
        ways_forget_member(User.objects.get(username="lisi").pk)
        settle()
        assert on_the_platform(way)["user"] == ["wangwu"]

    def test_the_choice_costs_the_same_for_many_members(self, make, django_assert_max_num_queries):
        way = make(Rotation.LEAST)
        with django_assert_max_num_queries(4):
            next_members(way, is_after_one=True)


class TestArrivals:
    def test_who_comes_is_tagged_here_and_there_and_has_an_owner(
        self, make, come, sync, settle, corporation
    ):
        sync(SyncKind.TAGS)
        way = make(staff=("lisi",))
        tag = Tag.objects.exclude(wecom_id=None).first()
        way.tags.add(tag)
        customer = come(way)
        assert list(customer.tags.all()) == [tag]
        assert customer.follow_user.username == "lisi"
        follow = there.Follow.objects.get(contact__external_userid=customer.external_userid)
        assert follow.tags == [tag.wecom_id]

    def test_a_known_customer_who_comes_again_by_it_is_tagged_as_well(
        self, make, sync, tell, settle
    ):
        sync(SyncKind.CONTACTS)
        # Customers of the demo corporation have such a state as well; there is no way of it yet.
        settle()
        way = make(staff=("wangwu",))
        tag = Tag.objects.create(name="官网来的")
        way.tags.add(tag)
        known = Customer.objects.get(external_userid="wmSandbox000001")
        assert known.follow_user.username == "lisi"
        done = acts.customer_adds(
            {"config_id": way.config_id, "external_userid": known.external_userid}
        )
        for event in done.events * 2:
            tell(event)
        settle()
        way.refresh_from_db()
        assert tag in known.tags.all()
        known.refresh_from_db()
        # Who had them keeps them.
        assert known.follow_user.username == "lisi"
        assert way.added_count == 1

    def test_statistics_count_by_member_and_by_day(self, make, come, tell, settle):
        way = make(staff=("lisi",))
        come(way)
        gone = come(way)
        with transaction.atomic():
            done = acts.customer_removes(
                {"external_userid": gone.external_userid, "userid": "lisi"}
            )
        tell(done.events[0])
        settle()
        found = way_statistics(way)
        (lisi,) = found["members"]
        assert (lisi["added"], lisi["today"], lisi["present"]) == (2, 2, 1)
        assert found["days"][-1]["count"] == 2
        assert len(found["days"]) == 30
