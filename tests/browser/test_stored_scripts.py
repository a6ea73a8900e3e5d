"""Whatever people write, no page that builds itself by script runs it: seen in a real browser.

`xss7()` is defined in each page and tells when somebody calls it; the policy's refusals, errors of the
console and calls to strangers' hosts are told, too: any of them fails the test.
"""

import json
import re
import time
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, expect

from tests.attack.payloads import MARK, markup
from tests.browser.chat_people import guests
from tests.browser.consoles import colleague
from tests.browser.test_chat_customer import Agent
from tests.live import run

__all__ = ["colleague"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.live,
    pytest.mark.embedded_only,
    pytest.mark.timeout(900),
    pytest.mark.attacks,
]
SECONDS = 20
WORDS = markup(None, 0)
NAME = markup(90, 1)
ALARM = """
window.xss7 = () => console.error("xss7 was called");
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""
# What only a payload can have made of a page.
BORN = """() => [...document.querySelectorAll(
  'xss7, [onerror], [onload], [onclick*=xss7], [onfocus], [srcdoc], img[src=x], a[href^="javascript:" i]'
)].map((node) => node.outerHTML.slice(0, 120))"""
REFUSED = re.compile(r"status of (4\d\d)|Failed to load resource|ERR_INTERNET_DISCONNECTED")


class Watched:
    """A page that is listened to."""

    def __init__(self, page, own):
        self.page, self.heard = page, []
        page.add_init_script(ALARM)
        page.on("pageerror", lambda error: self.heard.append(str(error)))
        page.on("console", self._said)
        page.on("request", lambda asked: self._asked(asked.url, own))
        page.on("dialog", lambda dialog: dialog.dismiss())

    def _said(self, message):
        if message.type == "error" and not REFUSED.search(message.text):
            self.heard.append(message.text)

    def _asked(self, url, own):
        if urlsplit(url).scheme in ("http", "https") and not url.startswith(own):
            self.heard.append(f"asked {url}")

    def is_unharmed(self, *, shows=True):
        """Nothing ran, and nothing was made of a payload; with `shows`, once one is to be read."""
        deadline = time.monotonic() + SECONDS
        while shows and not self._shows():
            assert time.monotonic() < deadline, f"no payload on {self.page.url}"
            self.page.wait_for_timeout(100)
        for frame in self.page.frames:
            assert frame.evaluate(BORN) == []
        assert self.heard == []

    def _shows(self):
        return any(MARK in frame.locator("body").inner_text() for frame in self.page.frames)


@pytest.fixture(scope="module")
def pages(live_system):
    """The running system after everything in it was overwritten, and the admin's pages there."""
    told = run(live_system, "-m", "tests.attack.living")
    return json.loads(told.splitlines()[-1])


@pytest.fixture
def watched(browser, live_system):
    """Pages of one browser, and whether they were left alone."""
    opened = []

    def open_one(**more):
        context = browser.new_context(base_url=live_system.base, locale="zh-CN", **more)
        page = Watched(context.new_page(), live_system.base)
        opened.append(page)
        return page

    yield open_one
    for one in opened:
        heard = list(one.heard)
        one.page.context.close()
        assert heard == []


@pytest.fixture
def as_colleague(colleague, live_system):
    def come(username, address):
        listening = []
        page = colleague(
            username,
            address,
            before=lambda page: listening.append(Watched(page, live_system.base)),
        )
        assert page == listening[0].page
        return listening[0]

    return come


@pytest.fixture
def lisi(live_system):
    agent = Agent(live_system)
    agent.be("online")
    yield agent
    agent.end_all()


def ready(watched):
    watched.page.wait_for_load_state("networkidle")
    return watched


# --- Pages with what is stored --------------------------------------------------------------------


def test_the_admins_pages_run_nothing(pages, as_colleague):
    """Every twelfth: what each of them holds is read in `tests/attack/test_stored_scripts.py`."""
    admin = as_colleague("admin", "/admin/")
    shown, walked = 0, pages[::12]
    for address in walked:
        try:
            answer = admin.page.goto(address, wait_until="load")
        except Error as error:
            if "Download is starting" in str(error):
                continue
            raise
        assert answer.status < 500, address
        assert admin.page.evaluate(BORN) == [], address
        assert admin.heard == [], address
        shown += MARK in admin.page.content()
    assert shown > len(walked) / 2


@pytest.mark.parametrize(
    "address",
    ["/console/", "/console/tickets/", "/console/statistics/", "/monitor/", "/docs", "/sidebar/"],
)
def test_the_teams_pages_run_nothing(pages, as_colleague, address):
    page = ready(as_colleague("admin", address))
    page.is_unharmed(shows=address in ("/console/tickets/", "/console/"))


@pytest.mark.parametrize("address", ["/admin/reports/sales/", "/admin/reports/service/"])
def test_the_reports_run_nothing(pages, as_colleague, address):
    ready(as_colleague("admin", address)).is_unharmed()


def test_a_tickets_page_runs_nothing_in_any_of_its_parts(pages, live_system, as_colleague):
    boss = live_system.as_user("admin")
    tickets = boss.get(live_system.url("/api/tickets")).json()["list"]
    page = as_colleague("admin", f"/console/tickets/{tickets[0]['id']}")
    ready(page).is_unharmed()
    for tab in page.page.get_by_role("tab").all():
        if tab.is_visible():
            tab.click()
            ready(page).is_unharmed()


def test_a_search_shows_what_it_finds_as_text(pages, as_colleague):
    page = as_colleague("admin", "/console/tickets/")
    page.page.locator("#search-words").fill(MARK)
    ready(page)
    page.is_unharmed()


def test_the_sandbox_runs_nothing(pages, live_system, watched):
    """A member of the group, a customer of the corporation and a follower say payloads."""
    for path, said in (
        ("/sandbox/api/contacts", {"act": "customer_adds", "userid": "lisi", "name": NAME[:28]}),
        (
            f"/sandbox/api/chats/{group_of(live_system)}/messages",
            {"from": "lisi", "content": WORDS},
        ),
    ):
        answer = live_system.http.post(live_system.url(path), json=said, timeout=30)
        assert answer.status_code < 300, answer.text
    page = watched()
    for address in ("/sandbox/", "/sandbox/phone/", "/sandbox/beside/", "/sandbox/stage/"):
        # The sandbox asks for news all the time: its network is never idle.
        page.page.goto(address)
        expect(page.page.get_by_role("main").first).to_be_visible()
        page.is_unharmed(shows=address == "/sandbox/")
    page.page.goto("/sandbox/")
    page.page.get_by_role("button", name="客户联系").click()
    page.is_unharmed()


def group_of(system):
    chats = system.http.get(system.url("/sandbox/api/chats")).json()["list"]
    return next(chat["id"] for chat in chats if chat["kind"] == "group")


def test_the_sidebar_beside_a_chat_runs_nothing(pages, live_system, watched):
    done = live_system.http.post(
        live_system.url("/sandbox/api/contacts"),
        json={"act": "customer_adds", "userid": "lisi", "name": NAME[:28]},
        timeout=30,
    ).json()
    contact = done["external_userid"]
    boss = live_system.as_user("admin")
    data = live_system.url(f"/api/wechat/sidebar-data?external_userid={contact}")
    live_system.until(lambda: boss.get(data).status_code == 200, seconds=60)
    page = watched()
    page.page.goto("/healthz")
    page.page.evaluate(
        """(name) => {
          const frame = document.createElement("iframe");
          Object.assign(frame, { name, src: "/sidebar/" });
          document.body.replaceChildren(frame);
        }""",
        f"sandbox:userid=lisi&external_userid={contact}&entry=single_chat_tools",
    )
    side = page.page.frame_locator("iframe")
    expect(side.get_by_role("heading", name=NAME[:20])).to_be_visible(timeout=60_000)
    side.get_by_role("button", name="写跟进").click()
    side.get_by_label("跟进内容").fill(WORDS[:300])
    side.get_by_role("button", name="保存").click()
    expect(side.get_by_text("跟进已记录")).to_be_visible()
    page.is_unharmed()


# --- What arrives while a page is open ------------------------------------------------------------


def test_what_arrives_by_socket_is_text_on_either_side(pages, live_system, lisi, as_colleague):
    """A customer named with a payload and a colleague write payloads to each other."""
    console = as_colleague("lisi", "/console/")
    expect(console.page.locator("#connection")).to_have_text("实时")
    (guest,) = guests(live_system, {"name": NAME, "company": WORDS[:200], "tags": [NAME[:30]]})
    guest.come()
    guest.say(WORDS, "javascript:xss7()", '[x](javascript:xss7()) https://xss7.example/"><xss7>')
    row = console.page.locator("#list .row").first
    expect(row).to_contain_text(MARK)
    row.click()
    said = console.page.get_by_role("log").locator(".said")
    expect(said.filter(has_text="javascript:xss7()").last).to_be_visible()
    lisi.say({"id": guest.chat_id}, WORDS)
    expect(said.filter(has_text="<script>").last).to_be_visible()
    ready(console).is_unharmed()


def test_a_guests_own_page_shows_everybodys_words_as_text(pages, live_system, lisi, watched):
    phone = watched(viewport={"width": 390, "height": 844})
    phone.page.goto("/chat/")
    phone.page.get_by_label("怎么称呼您").fill(NAME[:30])
    phone.page.get_by_role("button", name="直接咨询").click()
    box = phone.page.get_by_label("输入消息")
    expect(box).to_be_visible()
    box.fill(WORDS)
    phone.page.get_by_role("button", name="发送", exact=True).click()
    chat = lisi.chat()
    live_system.until(lambda: any(MARK in one["content"] for one in lisi.said(chat)))
    lisi.say(chat, WORDS + "!")
    expect(phone.page.get_by_text("!", exact=False).last).to_be_visible()
    phone.is_unharmed()
    phone.page.reload()
    ready(phone).is_unharmed()


def test_a_new_ticket_on_an_open_board_is_text(pages, live_system, as_colleague):
    board = as_colleague("admin", "/console/tickets/")
    expect(board.page.locator("#connection")).to_have_text("实时")
    boss = live_system.as_user("admin")
    made = boss.post(
        live_system.url("/api/tickets"),
        json={
            "title": WORDS[:180],
            "description": WORDS,
            "customer_name": NAME,
            "phone": "13800138000",
        },
    )
    assert made.status_code == 201, made.text
    number = made.json()["id"]
    expect(board.page.locator(f'[data-id="{number}"]')).to_be_visible()
    board.is_unharmed()


def test_a_customers_ticket_page_and_forms_run_nothing(pages, live_system, watched):
    boss = live_system.as_user("admin")
    ticket = boss.get(live_system.url("/api/tickets")).json()["list"][0]
    link = boss.post(live_system.url(f"/api/tickets/{ticket['id']}/link"), json={})
    page = watched()
    for address in ("/submit/", f"/submit/?{MARK}={NAME}", "/bind/?t=x", "/console/login/"):
        page.page.goto(address)
        ready(page).is_unharmed(shows=False)
    if link.status_code < 300:
        page.page.goto(link.json()["url"])
        ready(page).is_unharmed()
