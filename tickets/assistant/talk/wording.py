"""What the assistant says (in Chinese; plain text, as every entry can show it)."""

from tickets.models import Priority, Ticket

# A platform takes about 680 Chinese characters.
ARTICLE_LENGTH = 500
TO_A_PERSON = "需要人工服务请回复「人工」。"

HELLO = (
    "您好，我是智能助手，可以帮您：\n"
    "1. 报修：直接描述故障\n"
    "2. 查进度：回复「进度」\n"
    "3. 咨询产品和价格：直接提问\n"
    "4. 绑定手机：回复「绑定」\n"
    "5. 转人工客服：回复「人工」"
)
THANKS = "不客气，有问题随时找我。" + TO_A_PERSON
BYE = "再见，祝您生活愉快！"
FINE = "好的，还有其他问题请随时告诉我。" + TO_A_PERSON

UNCLEAR = (
    "抱歉，我没有理解您的意思。您可以回复数字选择，或换个说法：\n"
    "1. 报修故障\n2. 查询进度\n3. 产品咨询\n4. 绑定手机\n5. 人工客服"
)
ASK_PRESALE = "请问您想了解哪方面？可以直接提问，例如价格、功能、试用。" + TO_A_PERSON
NOT_TEXT = "已收到您发送的内容，我还看不懂它。请用文字描述一下问题，或回复「人工」转人工客服。"

ASK_WHAT = "很抱歉给您带来不便。请描述一下遇到的问题：什么产品、什么现象、从什么时候开始？"
CANCELLED = "好的，已取消。还有其他问题请随时告诉我。"

NO_TICKETS = "没有查到您的工单。" + TO_A_PERSON
NO_TICKETS_UNBOUND = "没有查到您的工单。如果您是通过其他方式报修的，请先绑定手机，我再为您查询。"

TO_PERSON = "正在为您转接人工客服，请稍候。"
COMPLAINT = "非常抱歉给您带来不好的体验，已加急登记，正在为您转接人工客服。"


def from_article(title: str, body: str) -> str:
    """An article's own words, and which one it is."""
    text = body.strip()
    if len(text) > ARTICLE_LENGTH:
        text = text[:ARTICLE_LENGTH].rstrip() + "……（内容较长，详情请咨询人工）"
    return f"{text}\n——以上来自知识库《{title}》。{TO_A_PERSON}"


def created(ticket: Ticket, url: str) -> str:
    urgent = "，已标记为紧急" if ticket.priority == Priority.URGENT else ""
    return (
        f"已为您创建工单 #{ticket.pk}{urgent}：{ticket.title}\n"
        f"工程师会尽快联系您，进度可在这里查看：{url}\n{TO_A_PERSON}"
    )


def ask_phone(link: str, *, is_urgent: bool) -> str:
    """Before a ticket is made: how to be reached, and whose tickets these are."""
    begun = "问题已记下，会按紧急处理。" if is_urgent else "问题已记下。"
    return f"{begun}为了联系到您并跟踪进度，{_how(link)}；不方便可回复「跳过」。"


def ask_bind(link: str) -> str:
    return f"绑定手机后可以查询工单、接收进度通知。{_how(link)}。"


def _how(link: str) -> str:
    if link:
        return f"请点击链接绑定手机：\n{link}\n或直接回复您的手机号，收到验证码后在这里回复"
    return "请直接回复您的手机号，收到验证码后在这里回复"


def ask_product(names: list[str]) -> str:
    lines = [f"{number}. {name}" for number, name in enumerate(names, 1)]
    return "\n".join(["是哪个产品的问题？请回复数字或产品名称，不清楚可回复「跳过」。", *lines])


def bound(phone: str) -> str:
    return f"您已绑定手机 {phone}。如需更换，请回复「人工」由客服协助。"


CODE_SHAPE = "验证码是 6 位数字，请查看短信后回复。" + TO_A_PERSON
OTHER_NUMBER = "好的，请回复新的手机号。"
BINDING = "验证码正确，正在绑定，请稍候。"
CODES_UNAVAILABLE = "暂时无法发送验证码。" + TO_A_PERSON


def code_sent(phone: str, *, skip: bool) -> str:
    """A code is on its way to `phone` (masked); `skip`: a ticket waits that can do without."""
    return (
        f"验证码已发送到 {phone}，5 分钟内有效，请直接回复短信中的 6 位数字。\n{_code_ways(skip)}"
    )


def code_wanted(phone: str, *, skip: bool) -> str:
    """Something else was said meanwhile."""
    return f"收到。请回复发送到 {phone} 的 6 位验证码。\n{_code_ways(skip)}"


def code_too_often(why: str, *, skip: bool) -> str:
    return f"{why}。届时请回复「重发」。\n{_code_ways(skip)}"


def code_wrong(left: int, link: str) -> str:
    """`left` tries at this code; without any a new one is needed."""
    if left:
        return f"验证码不正确，还可以再试 {left} 次。收不到短信可回复「重发」或「换号码」。"
    return f"验证码不正确，这个验证码不能再用了。{_code_again(link)}"


def code_expired(link: str) -> str:
    return f"验证码已失效（发送后 5 分钟内有效）。{_code_again(link)}"


def code_cancelled(link: str) -> str:
    """The number was taken back; the problem is still there."""
    return (
        f"已取消验证，您描述的问题还在。需要绑定{_how(link)}；"
        "回复「跳过」直接创建工单，再次回复「取消」放弃报修。"
    )


def _code_again(link: str) -> str:
    page = f"，或点击链接绑定：\n{link}\n" if link else "。"
    return f"请回复「重发」获取新的验证码{page}{TO_A_PERSON}"


def _code_ways(skip: bool) -> str:
    without = "、「跳过」" if skip else ""
    return f"没收到可回复「重发」，也可回复「换号码」{without}、「取消」或「人工」。"


def not_bound(why: str) -> str:
    """The code was right, and yet the number cannot be theirs."""
    return f"{why}。{TO_A_PERSON}"


BOUND_SHORT = "手机绑定成功。"
BOUND = "手机绑定成功！现在可以回复「进度」查询工单，或直接描述遇到的问题。"
