"""A study as one page of HTML: tables and curves, nothing of it from elsewhere."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

from venue.errors import BacktestError

STYLE = """body{font:15px/1.45 system-ui,sans-serif;max-width:1000px;margin:2em auto;padding:0 1em}
table{border-collapse:collapse;margin:1em 0}td,th{padding:.2em .8em;text-align:right}
td:first-child,th:first-child{text-align:left}tr{border-bottom:1px solid #ddd}
figure{margin:1em 0}pre{background:#f6f6f6;padding:1em;overflow:auto}"""
COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#ff7f0e", "#9467bd", "#8c564b", "#7f7f7f")
CURVES = (
    ("Equity of the house, less bad debt", "dollars", "equity"),
    ("Inventory of the house", "units of the underlying", "inventory"),
    ("Worst scenario of the house's positions", "dollars lost", "worst"),
    ("Mark", "dollars of a unit", "mark"),
)


def page(report: Mapping[str, Any]) -> str:
    """Return the page of a report; raises BacktestError without the package that draws."""
    tape = report["tape"]
    body = [
        f"<h1>Replay of {_text(tape['name'])}</h1><p>{_text(tape['about'])}</p>",
        _limits(report["does_not_show"]),
        *(_summary(name, report["summary"][name]) for name in ("held_out", "fitting")),
        _choices(report["informed_choices"]),
        *(_run(run) for run in report["runs"]),
        "<h2>Parameters</h2>",
        f"<pre>{_text(json.dumps([report['setup'], report['rules']], indent=1))}</pre>",
    ]
    title = f"Replay of {_text(tape['name'])}"
    head = f'<meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
    return f"<!doctype html><html lang=en><head>{head}</head><body>{''.join(body)}</body></html>"


def _limits(limits: Sequence[str]) -> str:
    return (
        "<p>What this does not show:</p><ul>"
        + "".join(f"<li>{_text(limit)}</li>" for limit in limits)
        + "</ul>"
    )


def _summary(name: str, summary: Mapping[str, Any] | None) -> str:
    if summary is None:
        return ""
    rows = [(key.replace("_", " "), value) for key, value in summary.items()]
    flat = [row for row in rows if not isinstance(row[1], Mapping)]
    for title, values in rows:
        if isinstance(values, Mapping):
            flat += [(f"{title}: {key.replace('_', ' ')}", value) for key, value in values.items()]
    return f"<h2>{'Held out' if name == 'held_out' else 'Fitting'}</h2>" + _table(flat)


def _choices(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return ""
    head = list(rows[0])
    cells = [[_text(row[name]) for name in head] for row in rows]
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line)}</tr>" for line in cells)
    names = "".join(f"<th>{_text(name.replace('_', ' '))}</th>" for name in head)
    return f"<h2>What the informed chose among</h2><table><tr>{names}</tr>{lines}</table>"


def _run(run: Mapping[str, Any]) -> str:
    series = run["series"]
    hours = [(time - series["time"][0]) / 3600 for time in series["time"]]
    kept = "held out" if run["held_out"] else "for fitting"
    figures = [_curves(title, unit, hours, {name: series[name]}) for title, unit, name in CURVES]
    parts = _curves("Attribution since the begin", "dollars", hours, series["parts"])
    marks = [
        (f"{kind}, {horizon.replace('_', ' ')}", f"{one['usd']:,.2f} ({one['bp_of_volume']} bp)")
        for kind, traders in run["traders"].items()
        for horizon, one in traders["markouts"].items()
    ]
    return (
        f"<h2>Window {run['window']} with seed {run['seed']}, {kept}</h2>"
        + _table([*run["attribution_usd"].items(), ("sum", run["house_usd"])])
        + figures[0]
        + parts
        + "".join(figures[1:])
        + "<h3>Markouts of the traders, dollars before fees</h3>"
        + _table(marks)
    )


def _curves(
    title: str, unit: str, hours: Sequence[float], curves: Mapping[str, Sequence[float]]
) -> str:
    try:
        import leather
    except ImportError as error:
        raise BacktestError("a page needs leather: pip install 'undertow[report]'") from error
    chart = leather.Chart(title)
    chart.add_x_axis(name="hours")
    chart.add_y_axis(name=unit)
    heights = [value for values in curves.values() for value in values]
    if min(heights) == max(heights):
        # A scale of no height would be the one from 0 to 1, wherever the values are.
        chart.add_y_scale(heights[0] - 1, heights[0] + 1)
    for (label, values), colour in zip(curves.items(), cycle(COLOURS), strict=False):
        points = list(zip(hours, values, strict=True))
        chart.add_line(points, name=_text(label.replace("_", " ")), stroke_color=colour)
    return f"<figure>{chart.to_svg(width=960, height=320)}</figure>"


def _table(rows: Sequence[tuple[str, Any]]) -> str:
    cells = "".join(
        f"<tr><td>{_text(name.replace('_', ' '))}</td><td>{_text(_number(value))}</td></tr>"
        for name, value in rows
    )
    return f"<table>{cells}</table>"


def _number(value: Any) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def _text(value: Any) -> str:
    return html.escape(str(value))
