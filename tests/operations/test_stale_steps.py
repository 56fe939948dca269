"""A step on a record that was saved since it was read is refused, and changes nothing."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from models.errors import Invalid, Stale
from models.operations.context import require_version


@pytest.mark.parametrize("read", [1, 3])
def test_another_version_than_the_record_has_is_stale(read: int) -> None:
    with pytest.raises(Stale) as caught:
        require_version(SimpleNamespace(version=2), read)
    assert caught.value.version == 2


def test_a_step_says_which_version_it_read() -> None:
    with pytest.raises(Invalid):
        require_version(SimpleNamespace(version=2), None)


def test_the_version_that_the_record_has_will_do() -> None:
    require_version(SimpleNamespace(version=2), 2)
