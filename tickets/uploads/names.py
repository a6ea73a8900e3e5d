"""File names of strangers, made harmless: they go into headers, pages, and other people's folders."""

import unicodedata

NAME_LENGTH = 120
FALLBACK = "附件"
# What a system runs or a browser renders when it is asked to open it.
EXECUTABLE = frozenset(
    word
    for words in (
        "exe com bat cmd scr pif cpl msi msp msc hta lnk url reg inf dll sys",
        "vbs vbe js jse ws wsf wsh ps1 psm1 jar apk app dmg pkg deb rpm sh bash csh",
        "py pyc pl rb php phtml jsp asp aspx cgi html htm xhtml xht svg svgz mhtml xml swf",
        "docm xlsm pptm dotm xlam iso img",
    )
    for word in words.split()
)
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))]
)
_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


def extension_of(name: str) -> str:
    """In lower case without its dot; empty for none."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem else ""


def clean_name(name: str, extension: str) -> str:
    """The last part of `name`, with `extension` at its end whatever it had there.

    Without control characters, direction overrides and invisible ones; what an operating system
    forbids or reserves is replaced, and so is the dot before an executable's extension.
    """
    name = unicodedata.normalize("NFC", _visible(name)).replace("\\", "/").rpartition("/")[2]
    stem = name.rpartition(".")[0] if extension_of(name) else name
    stem = stem.translate(_FORBIDDEN).strip(" .")
    first, *others = stem.split(".")
    for part in others:
        first += ("_" if part.strip().lower() in EXECUTABLE else ".") + part
    stem = first[: NAME_LENGTH - len(extension) - 1].strip(" .") or FALLBACK
    if stem.partition(".")[0].strip().lower() in _RESERVED:
        stem = f"_{stem}"
    return f"{stem}.{extension}"


def _visible(name: str) -> str:
    """Letters, marks, numbers, signs, and plain spaces."""
    kept = []
    for character in name:
        category = unicodedata.category(character)
        if category == "Zs":
            kept.append(" ")
        elif category[0] not in "CZ":
            kept.append(character)
    return "".join(kept)
