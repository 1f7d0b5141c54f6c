"""`undertow backtest`: one JSON object, a page, and one line for what cannot be done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from undertow.protocol.params_file import to_json
from venue.backtest import parameters
from venue.command.cli import app
from venue.markets import LOCAL_GROUP

HEAD = "time,open,high,low,close"


def bars(path: Path, count: int = 40) -> Path:
    rows = [f"{1_700_000_000 + 60 * i},100,101,99,{100 + i % 2}" for i in range(count)]
    path.write_text("\n".join([HEAD, *rows]))
    return path


def test_a_replay_of_a_file_as_json_and_as_a_page(tmp_path: Path) -> None:
    file, page = bars(tmp_path / "bars.csv"), tmp_path / "page.html"
    line = ["backtest", "--file", str(file), "--interval", "60", "--windows", "2", "--seeds", "1"]
    line += ["--jobs", "1", "--slots", "4", "--hours", "0.2", "--without", "informed"]
    done = CliRunner().invoke(app, [*line, "--page", str(page), "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["rules"] == to_json(LOCAL_GROUP)
    assert "SHA-256" in found["tape"]["about"]
    assert found["setup"]["informed"] is None
    assert page.read_text().startswith("<!doctype html>")
    shown = CliRunner().invoke(app, line)
    assert "held out:" in shown.stdout
    assert "what this does not show:" in shown.stdout


def test_rules_of_a_file(tmp_path: Path) -> None:
    rules = to_json(LOCAL_GROUP)
    rules["taker_fee"] = 500
    path = tmp_path / "params.json"
    path.write_text(json.dumps(rules))
    file = bars(tmp_path / "bars.csv")
    line = ["backtest", "--file", str(file), "--interval", "60", "--windows", "1", "--seeds", "1"]
    line += ["--jobs", "1", "--slots", "4", "--hours", "0.2", "--params", str(path), "--json"]
    done = CliRunner().invoke(app, line)
    assert json.loads(done.stdout)["rules"]["taker_fee"] == 500


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--tape", "nasdaq"], "no tape nasdaq; there are btc-orders"),
        (["--without", "whales"], "no traders are called whales"),
        (["--tape", "quiet", "--hours", "1"], "a path has 4 hours"),
        (["--file", "none.csv"], "cannot be read"),
        (["--params", "none.json"], "is no file of parameters"),
        (["--tape", "btc-orders", "--windows", "400"], "too few"),
    ],
)
def test_what_cannot_be_done_is_one_line(options: list[str], says: str) -> None:
    done = CliRunner().invoke(app, ["backtest", *options])
    assert done.exit_code == 1
    assert says in done.stderr.splitlines()[-1]


def test_a_broken_file_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "bars.csv"
    file.write_text(f"{HEAD}\n1,2,3,4,5\x1b[2J\n")
    done = CliRunner().invoke(app, ["backtest", "--file", str(file)])
    assert done.exit_code == 1
    assert "\x1b" not in done.stderr
    assert "row 2" in done.stderr


def test_the_parameters_are_the_documented_ones() -> None:
    assert {(one.accounts, one.factor) for one in parameters.RESPONSES} == {
        (accounts, factor) for accounts in (3, 12) for factor in (1.0, 0.4, 0.1)
    }
