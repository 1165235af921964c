"""Are two texts the same but for typography? Copies of one text differ in quotation marks and white space."""

import hashlib
import unicodedata

_PLAIN = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-"}
)


def text_key(text: str) -> str:
    """Return a hash that is equal for texts with the same signs.

    Not looked at are white space, how quotation marks and dashes are drawn, and how Unicode composes a
    character (NFKC).
    """
    plain = unicodedata.normalize("NFKC", text).translate(_PLAIN)
    return hashlib.sha256(" ".join(plain.split()).encode()).hexdigest()
