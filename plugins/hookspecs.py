"""What a plugin may offer, all in one place.  A package or file implements these with `@hookimpl`.

Packages name their module under the entry point group `plumbline.plugins`; files lie in the configured folder.
"""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from plugins.contract import Aggregate, AnyMethod, AnyRule

PROJECT = "plumbline"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def plumbline_scoring_methods() -> Iterable[type[AnyMethod]]:  # type: ignore[empty-body]
    """Classes of scoring methods (`plugins.contract.ScoringMethod`)."""


@hookspec
def plumbline_aggregates() -> Iterable[type[Aggregate]]:  # type: ignore[empty-body]
    """Classes of aggregates (`plugins.contract.Aggregate`)."""


@hookspec
def plumbline_results_rules() -> Iterable[type[AnyRule]]:  # type: ignore[empty-body]
    """Classes of results rules (`plugins.contract.ResultsRule`)."""
