"""How large the pictures in a sprite or an animation are: as they were asked for, or so that all of them fit."""

from dataclasses import replace
from typing import cast
from unittest.mock import Mock

import pytest

from picturerail.media.asset import Asset
from picturerail.media.generated import inputs, multi
from picturerail.media.generated.sprites import sprite
from picturerail.transform.probe import SourceInfo

PHOTO = SourceInfo("jpg", 4000, 3000)


def assets(number: int, *more: SourceInfo) -> list[Asset]:
    return [cast("Asset", Mock(picture=Mock(info=each))) for each in [PHOTO] * number + list(more)]


@pytest.mark.parametrize("fits", [sprite._fit, multi._fit])
def test_many_photos_are_made_smaller_by_one_factor_until_all_fit(fits: inputs.Fits) -> None:
    *same, tall = inputs.fitting(assets(20, replace(PHOTO, width=1500)), "", fits)
    [text] = set(same)
    width, height = int(text.partition("w_")[2]), int(text.partition("h_")[2].partition(",")[0])
    assert width / height == pytest.approx(4 / 3, rel=0.01)
    assert tall == f"c_scale,h_{height},w_{round(width * 1500 / 4000)}"
    assert 0.7 * inputs.MAX_PIXELS < 20 * width * height < inputs.MAX_PIXELS


@pytest.mark.parametrize("fits", [sprite._fit, multi._fit])
def test_what_fits_or_was_asked_for_stays_so(fits: inputs.Fits) -> None:
    assert inputs.fitting(assets(2), "", fits) == ["", ""]
    assert inputs.fitting(assets(20), "w_3000", fits) == ["w_3000"] * 20
    assert inputs.fitting(assets(20), "f_webp", fits)[0].startswith("f_webp/c_scale,")
