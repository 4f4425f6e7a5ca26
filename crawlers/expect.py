"""What is expected of a run: the part `expect` of a board's file."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Filled = Literal["title", "text", "company", "city", "posted", "valid_through", "salary", "url", "poster"]
"""Fields of a posting whose filling can be asked for."""

Share = Annotated[float, Field(ge=0, le=1)]

ANYWHERE: Final[Mapping[Filled, float]] = {"title": 0.5, "text": 0.5}
"""Shares of postings in which a field is filled at any board, unless its file says otherwise."""


class Expect(BaseModel):
    """Bounds of a run that may be published; outside of them it is held until a person decides."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_ads: Annotated[int, Field(ge=0)] = 0
    """Ads that the board holds by a complete run, pages that rest included."""
    max_ads: Annotated[int, Field(gt=0)] | None = None
    fill: Mapping[Filled, Share] = Field(default_factory=dict)
    """Field → the least share of the postings read in which it is filled."""
    max_rejected: Share = 0.5
    """The greatest share of rejections among everything that was read."""
    max_growth: Annotated[float, Field(gt=1)] = 10.0
    """Times as many ads as after the last good run, or new ones as in any of the last good runs."""
    max_shrink: Share = 0.5
    """The greatest share of the ads of the last good run that may be missing after a complete run."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.max_ads is not None and self.max_ads < self.min_ads:
            raise ValueError(f"max_ads: {self.max_ads} is below min_ads ({self.min_ads})")
        return self

    def least(self, field: Filled) -> float:
        """The least share of postings in which `field` is filled; 0 where none is asked for."""
        return self.fill.get(field, ANYWHERE.get(field, 0.0))
