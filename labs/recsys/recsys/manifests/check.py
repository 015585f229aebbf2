"""Check a directory of manifests: read, validate, then look across all resources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from recsys.manifests import kustomize
from recsys.manifests.finding import Finding, Report
from recsys.manifests.inventory import Inventory
from recsys.manifests.resource import Resource, UnreadableError, parse
from recsys.manifests.rules import RULES
from recsys.manifests.schema import check_schema


def check(path: Path, versions: Sequence[str] = ()) -> Report:
    """Check a file, a directory of YAML files, or a kustomization; `versions` of Kubernetes default to 1.31 and newest.

    Raises FileNotFoundError where there is nothing to check.
    """
    report = Report()
    return check_resources(load(path, report), report, versions)


def check_text(text: str, file: str = "stdin", versions: Sequence[str] = ()) -> Report:
    """Check manifests given as text."""
    report = Report()
    return check_resources(load_text(text, file, report), report, versions)


def check_resources(resources: Iterable[Resource], report: Report, versions: Sequence[str] = ()) -> Report:
    """Add what schema and rules find to a report; findings come in the order of the files."""
    inventory = Inventory(resources)
    check_schema(inventory.resources, report, versions)
    for rule in RULES:
        try:
            report.findings.extend(rule(inventory))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            report.notes.append(f"{rule.__name__} could not judge ({error}): mend what the schema reports first")
    report.findings.sort(key=lambda finding: (finding.file, finding.line, finding.rule))
    return report


def load(path: Path, report: Report) -> list[Resource]:
    """The resources at a path; what cannot be read is a finding. Raises FileNotFoundError where there are none."""
    loaded = _rendered(path, report) if path.is_dir() and kustomize.kustomization(path) else _files(path, report)
    resources = [one for one in loaded if _is_resource(one)]
    if not resources and report.ok:
        raise FileNotFoundError(f"{path}: no Kubernetes resources; name a file or directory with YAML in it")
    return resources


def load_text(text: str, file: str, report: Report) -> list[Resource]:
    """The resources of a text; what cannot be read is a finding."""
    try:
        return [one for one in parse(text, file) if _is_resource(one)]
    except UnreadableError as error:
        report.findings.append(_unreadable(file, error))
        return []


def _is_resource(document: Resource) -> bool:
    made = document.get("apiVersion") and document.kind
    return bool(made) and not str(document.get("apiVersion")).startswith("kustomize.config.k8s.io/")


def _files(path: Path, report: Report) -> list[Resource]:
    files = sorted(file for file in path.rglob("*") if file.suffix in (".yaml", ".yml")) if path.is_dir() else [path]
    return [one for file in files for one in load_text(file.read_text(encoding="utf-8"), str(file), report)]


def _rendered(path: Path, report: Report) -> list[Resource]:
    try:
        if kustomize.can_render():
            return kustomize.render(path)
        report.notes.append(kustomize.UNRENDERED)
        return list(kustomize.sources(path, patches=False))
    except UnreadableError as error:
        report.findings.append(_unreadable(str(path), error))
    except (kustomize.RenderError, OSError) as error:
        file = str(kustomize.kustomization(path))
        report.findings.append(Finding("render", file, 1, path.name, str(error), "Make `kubectl kustomize` succeed"))
    return []


def _unreadable(file: str, error: UnreadableError) -> Finding:
    return Finding("yaml", file, error.line, Path(file).name, str(error), "Correct the YAML")
