"""What a rule has to say about one place in the manifests."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: where it is, why it is one, and what to do about it."""

    rule: str
    file: str
    line: int
    resource: str
    reason: str
    fix: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity} [{self.rule}] {self.resource}: {self.reason}. {self.fix}."


@dataclass
class Report:
    """All findings, and in `notes` what could not be looked at and why."""

    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """True without errors; warnings do not count."""
        return all(finding.severity != "error" for finding in self.findings)

    def to_json(self) -> dict[str, object]:
        """Findings and notes as plain data."""
        return {"ok": self.ok, "findings": [asdict(finding) for finding in self.findings], "notes": self.notes}
