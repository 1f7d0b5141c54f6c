"""The deployment's file: read back as written, and refused by the field's name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.chain.node import DEPLOYMENT
from undertow.chain.deployment import LARGEST_FILE, Deployment
from undertow.chain.errors import DeploymentError

FORM = DEPLOYMENT.to_json()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deployment.json"


def read(path: Path, form: object) -> Deployment:
    path.write_text(json.dumps(form), encoding="utf-8")
    return Deployment.load(path)


def test_what_is_saved_is_loaded(path: Path) -> None:
    DEPLOYMENT.save(path)
    assert Deployment.load(path) == DEPLOYMENT
    assert read(path, FORM) == DEPLOYMENT
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("name", FORM)
def test_a_missing_field_is_named(path: Path, name: str) -> None:
    text = f"found no {name}, expected the fields .*; name what `undertow deploy` wrote"
    with pytest.raises(DeploymentError, match=text):
        read(path, {key: value for key, value in FORM.items() if key != name})


@pytest.mark.parametrize("name", FORM)
@pytest.mark.parametrize(
    "bad", [None, 1.5, True, "", "\x1b", -1, 1 << 64, [], {"x": "1"}], ids=repr
)
def test_a_field_of_another_form_is_named(path: Path, name: str, bad: object) -> None:
    with pytest.raises(DeploymentError, match=rf"deployment\.{name}: found .*, expected"):
        read(path, {**FORM, name: bad})


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"preset": "huge"}, "preset: found huge, expected one of minimal, default, large"),
        ({"keys": "mine"}, "keys: found mine, expected one of dev, ceremony"),
        ({"powers": {"batch": "none"}}, "expected the fields batch, requests, exit"),
        (
            {"powers": {"batch": "none", "requests": "none", "exit": "0x"}},
            "none or 128 digits of hex",
        ),
        ({"vault": FORM["vault"][:-1]}, "expected 0x and 40 digits of hex"),
        ({"operator_key": {"x": "0x1", "y": "0x" + "1" * 65}}, r"operator_key\.y: found"),
        ({"paramz": 1}, 'the unknown field "paramz"'),
        ({"params": {**FORM["params"], "taker_fee": "400"}}, r"deployment\.params\.taker_fee: "),
        ({"params": {**FORM["params"], "maker_fee": 401}}, "above the taker's"),
    ],
)
def test_what_is_wrong_is_named(path: Path, change: dict[str, Any], text: str) -> None:
    with pytest.raises(DeploymentError, match=text):
        read(path, {**FORM, **change})


def test_no_file_a_large_one_and_no_object_are_refused(path: Path) -> None:
    with pytest.raises(DeploymentError, match="No such file"):
        Deployment.load(path)
    with pytest.raises(DeploymentError, match=r"found \[\], expected an object"):
        read(path, [])
    with pytest.raises(DeploymentError, match=f"more than {LARGEST_FILE} bytes"):
        read(path, " " * LARGEST_FILE)
