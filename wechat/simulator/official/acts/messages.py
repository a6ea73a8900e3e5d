"""What a follower sends: words, a picture, a voice, a film, a place, a link (§2.8, messages)."""

from typing import Any

from django.utils import timezone

from wechat.simulator.answers import InvalidRequest
from wechat.simulator.contacts.acts.told import word
from wechat.simulator.official import media, pictures
from wechat.simulator.official.acts.told import Done, number, the_follower

CONTENT_LENGTH = 2000


def say(body: dict[str, Any]) -> Done:
    """`{openid, content}`."""
    content = body.get("content")
    if not isinstance(content, str) or not 0 < len(content.strip()) <= CONTENT_LENGTH:
        raise InvalidRequest("content", f"内容必须是 1 到 {CONTENT_LENGTH} 个字")
    return _message(body, "text", {"Content": content}, content=content)


def send_image(body: dict[str, Any]) -> Done:
    """`{openid, url?}` and what `media.sent` takes: the picture behind `url`, the sandbox's own without one."""
    url = word(body, "url", most=1024, default=pictures.url_of(pictures.ANY))
    return _message(
        body, "image", {"PicUrl": url, "MediaId": media.sent(body, "image", url)}, url=url
    )


def send_voice(body: dict[str, Any]) -> Done:
    """`{openid, recognition?}` and what `media.sent` takes: what the platform understood of it."""
    words = word(body, "recognition", most=CONTENT_LENGTH, default="")
    heard = {"Recognition": words} if words else {}
    fields = {"MediaId": media.sent(body, "voice"), "Format": "amr", **heard}
    return _message(body, "voice", fields, recognition=words)


def send_video(body: dict[str, Any]) -> Done:
    """`{openid, short?}` and what `media.sent` takes: `video`, or `shortvideo`."""
    kind = "shortvideo" if body.get("short") is True else "video"
    film, thumb = media.sent(body, "video"), media.thumb()
    return _message(body, kind, {"MediaId": film, "ThumbMediaId": thumb})


def send_location(body: dict[str, Any]) -> Done:
    """`{openid, latitude?, longitude?, label?}`."""
    label = word(body, "label", most=200, default="上海市人民广场")
    fields = {
        "Location_X": f"{number(body, 'latitude', 31.2304, most=90):.6f}",
        "Location_Y": f"{number(body, 'longitude', 121.4737, most=180):.6f}",
        "Scale": 16,
        "Label": label,
    }
    return _message(body, "location", fields, label=label)


def send_link(body: dict[str, Any]) -> Done:
    """`{openid, title, url, description?}`."""
    title, url = word(body, "title", most=200), word(body, "url", most=1024)
    fields = {
        "Title": title,
        "Description": word(body, "description", most=500, default=""),
        "Url": url,
    }
    return _message(body, "link", fields, title=title, url=url)


def _message(body: dict[str, Any], kind: str, fields: dict[str, Any], **shown: Any) -> Done:
    """Opens the window of 48 hours."""
    row = the_follower(body)
    row.last_message_at = timezone.now()
    row.save(update_fields=["last_message_at"])
    return Done({"MsgType": kind, **fields}, {"msgtype": kind, kind: shown}, is_message=True)
