"""English names of cities and counties: pinyin as on maps, with the kind in English."""

from __future__ import annotations

from pypinyin import lazy_pinyin

ENDINGS = (
    ("满族蒙古族自治县", " Manchu and Mongol Autonomous County"),
    ("满族自治县", " Manchu Autonomous County"),
    ("回族自治县", " Hui Autonomous County"),
    ("矿区", " Mining District"),
    ("区", " District"),
    ("县", " County"),
    ("市", " City"),
)
ON_MAPS = {"都": "du", "泊": "bo"}
"""Characters with several readings, as they are read in these place names."""


def english_name(name: str) -> str:
    """`name` in English: 长安区 is Chang'an District."""
    for ending, english in ENDINGS:
        if name.endswith(ending) and len(name) > len(ending):
            return _joined(name, len(name) - len(ending)) + english
    return _joined(name, len(name))


def _joined(name: str, length: int) -> str:
    """The first syllables of `name` in one word, with an apostrophe where one begins with a vowel.

    The whole name is read, for its ending tells how the rest sounds.
    """
    read = zip(name, lazy_pinyin(name), strict=True)
    syllables = [ON_MAPS.get(sign, sound) for sign, sound in read][:length]
    first, *others = syllables
    return (first + "".join(f"'{one}" if one[0] in "aeo" else one for one in others)).capitalize()
