"""Deterministic identifiers: the same facts give the same id in any process, on any machine."""

import hashlib
import json
from functools import lru_cache
from typing import Final

_CANONICAL: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def stable_id(*parts: str | int | None) -> str:
    """32 hexadecimal digits (128 bits of SHA-256) over `parts`, unambiguous about where each part ends.

    Hash raw source fields, never cleaned ones: a change in cleaning code must not change ids.
    """
    # Part by part: the encoder is several times as quick with a text as with a list that holds it.
    canonical = f"[{','.join(map(_CANONICAL, parts))}]"
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]


@lru_cache(maxsize=8192)
def ad_id(source: str, source_ad_id: str) -> str:
    """Identity of one posting at one source, across all its versions."""
    return stable_id("ad", source, source_ad_id)
