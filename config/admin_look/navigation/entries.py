"""What a group of the navigation is made of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A way to a list (`model`, as `app.Model`) or to any other page (`url`, a URL's name).

    A list's own admin says who may open it; `permission` says it of other pages. `setting` names a
    switch of the settings without which there is no such page. `badge` is a count of
    `config.admin_look.badges`.
    """

    title: str
    icon: str
    model: str = ""
    url: str = ""
    query: str = ""
    permission: str = ""
    setting: str = ""
    badge: str = ""


@dataclass(frozen=True)
class Group:
    title: str
    entries: tuple[Entry, ...]
    is_always_open: bool = False
