"""Versions of Exchange by serialNumber."""

import pytest

from analyzer.directory.editions import VERSIONS, is_later_than_2003, version_of


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("Version 6.0 (Build 6249.4: Service Pack 3)", "2000"),
        ("Version 6.5 (Build 7638.2: Service Pack 2)", "2003"),
        ("Version 8.0 (Build 30685.24)", "2007"),
        ("Version 8.3 (Build 30083.6)", "2007"),
        ("Version 14.3 (Build 30123.4)", "2010"),
        ("Version 15.0 (Build 31497.2)", "2013"),
        ("Version 15.1 (Build 32507.6)", "2016"),
        ("Version 15.2 (Build 30986.005)", "2019"),
        ("Version 15.2 (Build 31118.007)", "2019"),
        ("Version 15.2 (Build 31748.10)", "2019"),
        ("Version 15.2 (Build 32561.99)", "2019"),
        ("Version 15.2 (Build 32562.17)", "SE"),
        ("Version 15.2 (Build 32700.1)", "SE"),
        # Builds as the shell prints them, without the 30000 that the directory adds.
        ("Version 15.2 (Build 1748.10)", "2019"),
        ("Version 15.2 (Build 2561.99)", "2019"),
        ("Version 15.2 (Build 2562.17)", "SE"),
        ("15.2.2562.17", "SE"),
        ("15.02.2562.017", "SE"),
        ("15.02.1118.007", "2019"),
        ("Version 15.1 (Build 32562.17)", "2016"),  # SE is of 15.2 alone
        ("Version 15.2", "2019"),
        ("Version 15.20 (Build 1.1)", None),
        ("Version 5.5 (Build 2653.23)", None),
        ("Version " + "9" * 5000 + ".1", None),
        ("", None),
    ],
)
def test_version_of_a_serial_number(text, version):
    assert version_of([text]) == version


def test_the_first_known_one_counts():
    assert version_of(["?", "Version 15.2 (Build 32562.17)", "Version 6.5"]) == "SE"


def test_receive_connectors_come_with_2007():
    later = [version for version in VERSIONS if is_later_than_2003(version)]
    assert later == ["2007", "2010", "2013", "2016", "2019", "SE"]
    assert not is_later_than_2003(None)
