"""A results file of a stranger: no link of its own, and no time that is none ends the program."""

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from analyzer.catalogue import load_catalogue
from analyzer.report import FORMATS, write_reports
from analyzer.results.document import load_json
from analyzer.verify.report_check import verify_report
from fuzz.corpus import report_of_sample

EVIL = "https://evil.example/owned"
MOMENTS = (
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2016-12-31T23:59:60Z",
    "2016-12-31T23:59:59",
    "00010101000000.0Z",
    "99991231235959.0Z",
    "1899-12-30T00:00:00Z",
    "0000-00-00T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "2026-11-24T10:00:00+23:59",
)


@pytest.fixture(scope="module")
def sound() -> Any:
    return json.loads(report_of_sample(".json"))


def written(document: Any, folder: Path, *, reproducible: bool = False) -> dict[str, Path]:
    outputs = {suffix: folder / f"out{suffix}" for suffix in FORMATS}
    results = load_json(json.dumps(document).encode())
    write_reports(
        results, list(outputs.values()), evidence="all", reproducible=reproducible, overwrite=True
    )
    return outputs


def with_text(node: Any, text: str) -> Any:
    """Return a document with a text in front of every text that holds an address or is a title."""
    if isinstance(node, dict):
        return {key: with_text(value, text) for key, value in node.items()}
    if isinstance(node, list):
        return [with_text(value, text) for value in node]
    return f"{text} {node}" if isinstance(node, str) and ("://" in node or " " in node) else node


def test_links_lead_where_our_own_catalogue_does_and_nowhere_else(
    sound: Any, tmp_path: Path
) -> None:
    document = with_text(sound, EVIL)
    rule = document["rules"][0]
    document["rules"] = [
        *sound["rules"],
        *document["rules"],
        {**rule, "id": "EVIL-01", "origin": "built-in", "sources": [EVIL]},
    ]
    outputs = written(document, tmp_path)

    page = outputs[".html"].read_text("utf-8")
    links = set(re.findall(r'(?:href|src|action)="([^"#][^"]*)"', page))
    with zipfile.ZipFile(outputs[".xlsx"]) as package:
        for name in package.namelist():
            if name.endswith(".rels"):
                text = package.read(name).decode()
                for relation in re.findall("<Relationship [^>]*External[^>]*>", text):
                    links.add(re.search('Target="([^"]*)"', relation)[1])

    own = " ".join(source for rule in load_catalogue().rules for source in rule.sources)
    outside = {link.replace("&amp;", "&") for link in links if "://" in link}
    assert EVIL in page
    assert outside
    assert {link for link in outside if link not in own} == set()


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_time_that_is_none_is_text(moment: str, sound: Any, tmp_path: Path) -> None:
    document = json.loads(json.dumps(sound))
    for source in document["inputs"]:
        source["modified"] = moment
    for row in document["evidence"]:
        row["when_created"] = row["when_changed"] = moment
    for record in document["servers"]:
        record["when_changed"] = moment
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment):
        document["run"]["started"] = moment
    for reproducible in (False, True):
        outputs = written(document, tmp_path, reproducible=reproducible)
        for suffix in (".json", ".xlsx"):
            verify_report(outputs[suffix])
