"""The JSON document: there and back, and against the published schema."""

import json
import runpy
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import report_builder
from msgspec.structs import replace

from analyzer.directory.shared_mapping import Common, SharedMapping
from analyzer.errors import ReadError
from analyzer.results.document import (
    input_manifest_sha256,
    iter_json,
    load_json,
    results_sha256,
)
from analyzer.results.records import ObjectRecord, Results

SCHEMA = json.loads(files("analyzer.results").joinpath("results.schema.json").read_text())


def dump_json(results: Results) -> bytes:
    return b"".join(iter_json(results))


def to_document(results: Results) -> Any:
    return json.loads(dump_json(results))


def from_document(document: object) -> Results:
    return load_json(json.dumps(document).encode(), "old.json")


ALL = [report_builder.realistic(), report_builder.hostile(), report_builder.empty()]


def test_the_published_schema_is_that_of_the_records() -> None:
    script = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "results_schema.py"))
    assert script["TARGET"].read_text() == script["make_schema"](), "run scripts/results_schema.py"
    assert script["FLEET_TARGET"].read_text() == script["make_fleet_schema"]()


@pytest.mark.parametrize("results", ALL)
def test_the_document_fits_the_published_schema(results: Results) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(dump_json(results)))


@pytest.mark.parametrize("results", ALL)
def test_reading_the_document_gives_the_same_results(results: Results) -> None:
    assert load_json(dump_json(results)) == results
    assert from_document(to_document(results)) == results


@pytest.mark.parametrize("results", ALL)
def test_the_bytes_are_valid_utf_8_and_the_same_every_time(results: Results) -> None:
    data = dump_json(results)
    data.decode("utf-8")
    assert data == dump_json(replace(results))


def test_lone_surrogates_are_written_as_escapes() -> None:
    base = report_builder.realistic()
    results = replace(base, findings=(replace(base.findings[0], title="a\ud800b"),))
    data = dump_json(results)
    assert rb"a\ud800b" in data
    assert load_json(data).findings[0].title == "a\ud800b"


@pytest.mark.parametrize("text", ["plain", 'é\n"', "a\ud800b"])
def test_what_objects_have_in_common_is_written_as_if_each_had_it(text: str) -> None:
    base = report_builder.realistic()
    server = base.virtual_servers[0]
    common = {name: replace(setting, reason=text) for name, setting in server.settings.items()}
    first, *_ = common
    own = {first: replace(common[first], reason="of its own")}
    shared = Common(common)
    holding = replace(
        base,
        virtual_servers=(
            replace(server, settings=SharedMapping(shared, own)),
            replace(server, settings=SharedMapping(shared, {})),
        ),
    )
    plain = replace(
        base,
        virtual_servers=(
            replace(server, settings={**common, **own}),
            replace(server, settings=common),
        ),
    )
    assert dump_json(holding) == dump_json(plain)
    assert load_json(dump_json(holding)).virtual_servers == plain.virtual_servers


def test_numbers_of_more_than_64_bits_are_written_as_numbers() -> None:
    base = report_builder.realistic()
    results = replace(base, findings=(replace(base.findings[0], found=-(2**70), title="é"),))
    data = dump_json(results)
    assert f'"found":{-(2**70)}'.encode() in data
    assert load_json(data) == results


def test_each_record_has_a_line_of_its_own() -> None:
    lines = dump_json(report_builder.realistic()).decode().splitlines()
    assert sum('"fingerprint"' in line for line in lines) == 7


def test_a_relay_that_was_not_judged_is_null() -> None:
    base = report_builder.realistic()
    results = replace(base, virtual_servers=(replace(base.virtual_servers[0], relay=None),))
    document = json.loads(dump_json(results))
    assert document["virtual_servers"][0]["relay"] is None
    assert load_json(dump_json(results)) == results


def test_objects_of_further_kinds_are_written_when_there_are_any() -> None:
    base = report_builder.realistic()
    assert "objects" not in to_document(base)
    server = base.virtual_servers[0]
    store = ObjectRecord(
        "mail_store", "Mail store", "mail stores", "CN=Store", "Contoso", None, "EX01", "Store",
        server.settings, server.source, ("deleted object",),
    )  # fmt: skip
    results = replace(base, objects=(store,))
    document = to_document(results)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert from_document(document) == results


def test_fields_nobody_knows_yet_are_ignored() -> None:
    document: dict[str, Any] = to_document(report_builder.realistic())
    document["new"] = 1
    document["findings"][0]["new"] = {"deep": [1.5]}
    assert from_document(document) == report_builder.realistic()


def test_results_of_the_first_release_without_the_later_tables_are_read() -> None:
    document = to_document(report_builder.realistic())
    for name in ("servers", "connectors", "evidence", "rules"):
        del document[name]
    assert from_document(document).evidence == ()


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (("schema_version",), 2, "expected schema_version 1, found 2"),
        (("schema_version",), True, "expected schema_version 1, found True"),
        (("schema_version",), None, "expected schema_version 1, found none"),
        (("tool",), None, "tool: expected `object`, got `null`"),
        (("findings",), {}, "findings: expected `array`, got `object`"),
        (("findings", 1, "id"), 5, r"findings\[1\].id: expected `str`, got `int`"),
        (
            ("findings", 0, "severity"),
            "severe",
            r"findings\[0\].severity: invalid enum value 'severe'",
        ),
        (("findings", 0, "found"), {"a": 1}, r"findings\[0\].found: expected `bool | int | str"),
        (("findings", 0, "found"), 1.5, r"findings\[0\].found: .*got `float`"),
        (
            ("findings", 0, "evidence", "line"),
            0,
            r"findings\[0\].evidence.line: expected .* >= 1",
        ),
        (("run", "started"), "yesterday", "run.started: expected `str` matching"),
        (
            ("inputs", 0, "bytes"),
            True,
            r"inputs\[0\].bytes: expected `int`, got `bool`",
        ),
        (
            ("virtual_servers", 2, "relay", "verdict"),
            "shut",
            "relay.verdict: invalid enum .* 'shut'",
        ),
        (
            ("virtual_servers", 0, "settings", "msExchSmtpMaxHopCount", "text"),
            None,
            "settings.msExchSmtpMaxHopCount.text: expected `str`, got `null`",
        ),
        (("unreadable", 0), "x", r"unreadable\[0\]: expected `object`, got `str`"),
    ],
)
def test_a_wrong_value_is_named(path: tuple[Any, ...], value: object, reason: str) -> None:
    document: Any = to_document(report_builder.realistic())
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(ReadError, match=reason):
        from_document(document)


def test_a_missing_field_is_named() -> None:
    document: Any = to_document(report_builder.realistic())
    del document["findings"][2]["rule"]
    with pytest.raises(ReadError, match=r"old.json: findings\[2\]: .* missing .* `rule`"):
        from_document(document)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not JSON"),
        (b"[]", "document: expected `object`, got `array`"),
        (b'{"a": \xff}', "not UTF-8 at byte 6"),
        (b"{\n}}", "x.json:2: not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"1" * 5_000, "not JSON"),
    ],
)
def test_bytes_that_are_no_results_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ReadError, match=reason):
        load_json(data, "x.json")


def test_the_hash_of_the_results_is_that_of_the_file() -> None:
    import hashlib

    results = report_builder.realistic()
    assert results_sha256(results) == hashlib.sha256(dump_json(results)).hexdigest()


def test_the_manifest_hash_can_be_made_with_sha256sum() -> None:
    import hashlib

    line = f"{'ef' * 32}  contoso.ldf\n".encode()
    assert (
        input_manifest_sha256(report_builder.realistic().inputs) == hashlib.sha256(line).hexdigest()
    )
