"""Run every benchmark, or those named: `python -m tests.benchmarks [NAME ...]`.

A benchmark is a module here with a function `measure()` that returns figures by name, the unit last in a name
(`_ms`, `_s`, `_mib`). Figures go to standard output as one JSON document, and as a table for people after it.
"""

import importlib
import json
import os
import pkgutil
import platform
import sys
from collections.abc import Mapping
from pathlib import Path

Figures = Mapping[str, float | str]


def main(names: list[str]) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    found = {
        module.name: importlib.import_module(f"tests.benchmarks.{module.name}")
        for module in pkgutil.iter_modules([str(Path(__file__).parent)])
        if module.name != "__main__"
    }
    benchmarks = {name: module.measure for name, module in found.items() if hasattr(module, "measure")}
    if unknown := [name for name in names if name not in benchmarks]:
        sys.exit(f"There is no benchmark {unknown[0]}; there are: {', '.join(sorted(benchmarks))}.")
    figures: dict[str, Figures] = {}
    for name in sorted(names or benchmarks):
        print(f"{name} ...", file=sys.stderr, flush=True)
        figures[name] = benchmarks[name]()
    machine = {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": os.cpu_count() or 0,
    }
    print(json.dumps({"machine": machine, "figures": figures}, indent=2))
    print(table(figures))


def table(figures: Mapping[str, Figures]) -> str:
    """Lay the figures out as a Markdown table, one a row."""
    rows = [
        (name, figure, str(value)) for name, values in figures.items() for figure, value in values.items()
    ]
    widths = [
        max(len(row[column]) for row in [*rows, ("benchmark", "figure", "value")]) for column in range(3)
    ]
    lines = [("benchmark", "figure", "value"), tuple("-" * width for width in widths), *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    )


if __name__ == "__main__":
    main(sys.argv[1:])
