"""`make bench`: every benchmark in turn, or those named; each prints ratios measured in one run."""

import importlib
import sys
from pathlib import Path

SUPPORT = {"__init__", "__main__", "large_home"}


def main(names: list[str]) -> None:
    """Run the benchmarks whose names were given, all without one."""
    folder = Path(__file__).parent
    sys.path.insert(0, str(folder.parents[1] / "labs" / "recsys"))
    for path in sorted(folder.glob("*.py")):
        if path.stem in SUPPORT or (names and path.stem not in names):
            continue
        print(f"\n== {path.stem}", flush=True)
        importlib.import_module(f"tests.bench.{path.stem}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
