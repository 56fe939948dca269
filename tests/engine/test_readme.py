"""The guide to plugins: its method works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

from plugins.engine import check_scheme, explain, rate_one, score
from plugins.registry import build_registry
from tests.engine.building import data, item, listed, scheme

README = Path(__file__).parents[2] / "plugins" / "README.md"


def test_the_method_of_the_guide_runs(tmp_path: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    (tmp_path / "traffic_light.py").write_text(blocks[0], encoding="utf-8")
    registry = build_registry(tmp_path, entry_points=False)
    assert registry.problems == ()
    built = scheme(item("A", "traffic_light", params={"amber": "60", "green": 80}))
    assert [found for found in check_scheme(built, registry, publish=False) if found.level == "error"] == []
    results = score(built, data({"A": [59, 60, 79.9, 80, None]}), registry)
    assert listed(results.rates[0]) == [0, 0.5, 0.5, 1, 0]
    assert results.plugin_versions["method:traffic_light"] == "1.0"
    assert str(explain(results, registry, "A", 1)).startswith("Reported 60; amber from 60, green from 80: 0.50")
    assert rate_one(built, "A", actual=85, registry=registry).rate == 1
    wrong = scheme(item("A", "traffic_light", params={"amber": 80, "green": 60}))
    assert [str(found.text) for found in check_scheme(wrong, registry, publish=False)] == ["amber must lie below green"]
