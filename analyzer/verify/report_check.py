"""A report and the dumps in, what still holds out: versions, hashes, every line of evidence."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from analyzer.catalogue import Catalogue, load_catalogue
from analyzer.results.document import input_manifest_sha256
from analyzer.verify.claims import Claims, read_claims
from analyzer.verify.contradictions import find_contradictions
from analyzer.verify.judge_again import check_waivers, judge_again
from analyzer.verify.read_back import read_back
from analyzer.verify.recorded_changes import find_false_changes
from analyzer.verify.verification import Point, Verification, quote, same, unchecked
from analyzer.version import __version__

_ESCAPE = re.compile(r"\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")


def verify_report(
    path: Path, inputs: Sequence[Path] = (), *, rules: Sequence[Path] = ()
) -> Verification:
    """Check a workbook or a JSON document of results.

    `inputs` are dumps, and for a workbook its JSON twin as well (`.json`); they are matched by
    their hash, whatever their name. `rules` are the folders of own rules the report was made with.

    Raises:
        ReadError: the report or one of the inputs cannot be read.
        CatalogueError: an own rule file is invalid.
    """
    claims = read_claims(path)
    twins = [path for path in inputs if path.suffix.lower() == ".json"]
    dumps = [path for path in inputs if path.suffix.lower() != ".json"]
    catalogue = load_catalogue(rules)
    results = claims.results
    return Verification(
        (
            *_versions(claims, catalogue),
            *_hashes(claims, twins),
            *(find_contradictions(results) if results else ()),
            *(find_false_changes(results) if results else ()),
            *(judge_again(results, catalogue) if results else ()),
            *(check_waivers(results) if results else ()),
            *read_back(claims, dumps),
        )
    )


def _versions(claims: Claims, catalogue: Catalogue) -> Iterator[Point]:
    if claims.tool_version == __version__:
        yield Point("program version", True, __version__)
    else:
        other = f"made by {quote(claims.tool_version)}, this is {__version__}"
        yield Point("program version", False, f"{other}; results may differ")
    if claims.catalogue_sha256 == catalogue.sha256:
        yield Point("rule set", True, f"{catalogue.version}, SHA-256 {catalogue.sha256}")
    else:
        made_with = f"{quote(claims.catalogue_version)}, SHA-256 {quote(claims.catalogue_sha256)}"
        yield Point(
            "rule set",
            False,
            f"made with {made_with}; here it is {catalogue.version}, {catalogue.sha256}; "
            "name the folders of own rules, if there were any",
        )


def _hashes(claims: Claims, twins: Sequence[Path]) -> Iterator[Point]:
    manifest = same("list of inputs", claims.manifest_sha256, input_manifest_sha256(claims.inputs))
    # A sheet shows a file name with hidden characters with escapes: its bytes cannot be told.
    if not manifest.ok and any(_ESCAPE.search(source.path) for source in claims.inputs):
        why = "a file name holds characters that are shown as escapes"
        manifest = unchecked("list of inputs", why)
    yield manifest
    if claims.results is not None:
        yield Point("results", True, f"SHA-256 {claims.results_sha256}")
    elif not twins:
        yield unchecked("results", f"SHA-256 {claims.results_sha256}; JSON twin not given")
    for twin in twins:
        hashed = same("", claims.results_sha256, read_claims(twin).results_sha256)
        yield Point(f"results in {quote(str(twin))}", hashed.ok, f"SHA-256 {hashed.detail}")
