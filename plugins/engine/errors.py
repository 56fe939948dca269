"""What stops a run, typed: whoever shows it has the findings in both languages."""

from __future__ import annotations

from collections.abc import Sequence

from plugins.engine.scheme import Finding


class EngineError(Exception):
    """A run that cannot be done; `findings` say why, each with its place."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(str(finding.text) for finding in self.findings))


class InvalidScheme(EngineError):
    """The scheme has errors that make it impossible to compute with."""


class BlockedRun(EngineError):
    """Values are missing whose missing policy is `block` (scoring.md 5): one finding a missing cell."""


class PluginFailed(EngineError):
    """A plugin raised, or returned something else than a column, in the middle of a run."""


class NeedsPeers(ValueError):
    """A method that compares participants cannot be tried on one value."""
