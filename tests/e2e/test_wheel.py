"""The wheel holds all that the app needs and nothing else, and works where there is no checkout."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUNDLED = "studyapp/_bundled/"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT],
        check=True,
        capture_output=True,
        timeout=120,
    )
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of a new environment with the wheel and, through a .pth file, this environment's dependencies."""
    root = tmp_path_factory.mktemp("elsewhere")
    venv.create(root / "venv", symlinks=True, with_pip=False)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(root / "venv")}))
    # `--python`: pip works inside the new environment, and cannot touch the one that runs the tests
    pip = [sys.executable, "-m", "pip", "--python", root / "venv" / "bin" / "python", "install", "-q"]
    subprocess.run([*pip, "--no-deps", "--no-index", wheel], check=True, capture_output=True, timeout=120)
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return root / "venv" / "bin"


def test_content_labs_and_styles_are_inside(names: set[str]) -> None:
    shipped = {f"{BUNDLED}content/{path.relative_to(ROOT / 'content')}" for path in (ROOT / "content").rglob("*.yaml")}
    assert len(shipped) > 50
    assert shipped <= names
    assert f"{BUNDLED}labs/recsys/recsys/service.py" in names
    styles = {str(path.relative_to(ROOT)) for path in (ROOT / "studyapp").rglob("*.tcss")}
    assert styles
    assert styles <= names
    code = {str(path.relative_to(ROOT)) for path in (ROOT / "studyapp").rglob("*.py")}
    assert code <= names


def test_nothing_else_is_inside(names: set[str]) -> None:
    def stray(name: str) -> bool:
        parts = name.split("/")
        return (
            name.endswith((".pyc", ".db", ".db-wal", ".sqlite", ".lock", ".log"))
            or "__pycache__" in parts
            or parts[0] not in ("studyapp", next(part for part in parts if part))
            or parts[0] == "tests"
            or any(part.startswith(".") for part in parts)
        )

    assert sorted(filter(stray, names)) == []
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"studyapp"}


def test_it_runs_from_elsewhere_with_an_empty_home(elsewhere: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    kept = {key: value for key, value in os.environ.items() if key in ("LANG", "LC_ALL", "TMPDIR")}
    ran = subprocess.run(
        [elsewhere / "studyapp", "topics", "--json"],
        cwd=tmp_path,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", **kept},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    topics = json.loads(ran.stdout)
    assert [topic["slug"] for topic in topics] == [
        "system-design",
        "kubernetes",
        "ci-cd",
        "model-drift",
        "cost-optimization",
        "monitoring",
        "ab-testing",
        "feature-store",
        "lru-cache",
        "scaling",
    ]
    assert all(topic["cards"] >= 60 and topic["questions"] >= 40 for topic in topics)
    assert (elsewhere / "studyapp").read_text().startswith(f"#!{elsewhere}/python")
    code = "import studyapp; print(studyapp.__file__)"
    where = subprocess.run([elsewhere / "python", "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert Path(where.stdout.strip()).is_relative_to(elsewhere.parent)
