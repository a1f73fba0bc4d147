"""Who may relay: the table of verdicts, row by row, and what no dump may make better than it is."""

from ipaddress import IPv4Network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzer.directory.address_list import encode_address_list
from analyzer.dump.reading import ExportScope
from analyzer.relay.forest import Forest, know_forest
from analyzer.relay.judges import judge_relay
from analyzer.relay.verdict import Relay
from analyzer.relay.virtual_server import is_leftover

NO_FOREST = Forest({}, {}, frozenset())

LIST = "msExchSmtpRelayIpList"
FOR_AUTH = "msExchSmtpRelayForAuth"
FLAGS = "msExchAuthenticationFlags"

NO_GROUPS = bytes.fromhex(
    "18000080200000802800008030000080010000003800000000000000000000000000000000000000"
    "00000000000000000000000000000000"
)


def listing(*, grant=(), deny=()):
    return encode_address_list(grant=map(IPv4Network, grant), deny=map(IPv4Network, deny))


def judge(build, input_format="ldif", scope=ExportScope.FULL, exported=(), **changes):
    inventory = build.inventory(
        build.virtual_server(**changes), scope=scope, input_format=input_format, exported=exported
    )
    return judge_relay(inventory.objects[0], NO_FOREST)


def facts(relay: Relay):
    return relay.verdict, relay.confidence, relay.authenticated_may_relay, relay.mode


TWO_HOSTS = listing(grant=["10.1.2.3/32", "10.1.2.4/32"])
NOBODY = listing(grant=["0.0.0.0/32"])
EVERYBODY = listing(grant=["0.0.0.0/0"])
HALVES = listing(grant=["0.0.0.0/1", "128.0.0.0/1"])
ALL_BUT_ONE = listing(deny=["192.0.2.7/32"])
BOTH = listing(grant=["10.1.2.3/32"], deny=["192.0.2.7/32"])


@pytest.mark.parametrize(
    ("relay_list", "flags", "for_auth", "expected"),
    [
        # A deny list, or an empty one: everybody, unless hosts have to log on.
        (ALL_BUT_ONE, 7, True, ("open", "decided", True, "all_except")),
        (ALL_BUT_ONE, 1, False, ("open", "decided", False, "all_except")),
        (ALL_BUT_ONE, 6, True, ("authenticated", "decided", True, "all_except")),
        (ALL_BUT_ONE, 6, False, ("authenticated", "decided", False, "all_except")),
        (ALL_BUT_ONE, None, True, ("open", "assumed", True, "all_except")),
        (ALL_BUT_ONE, "seven", True, ("open", "assumed", True, "all_except")),
        (BOTH, 7, True, ("open", "assumed", True, "all_except")),
        (BOTH, 6, True, ("authenticated", "assumed", True, "all_except")),
        (b"", 7, True, ("open", "assumed", True, "all_except")),
        (b"", 6, True, ("authenticated", "assumed", True, "all_except")),
        (b"", None, None, ("open", "assumed", None, "all_except")),
        (NO_GROUPS, 7, False, ("open", "assumed", False, "all_except")),
        (NO_GROUPS, 6, False, ("authenticated", "assumed", False, "all_except")),
        # A grant list over all of IPv4 is no restriction.
        (EVERYBODY, 7, False, ("open", "decided", False, "only_listed")),
        (EVERYBODY, 6, False, ("authenticated", "decided", False, "only_listed")),
        (EVERYBODY, None, False, ("open", "assumed", False, "only_listed")),
        (HALVES, 7, True, ("open", "decided", True, "only_listed")),
        # Other entries.
        (TWO_HOSTS, 7, True, ("listed", "decided", True, "only_listed")),
        (TWO_HOSTS, 7, False, ("listed", "decided", False, "only_listed")),
        (TWO_HOSTS, None, None, ("listed", "decided", None, "only_listed")),
        # No entries.
        (NOBODY, 7, True, ("authenticated", "decided", True, "only_listed")),
        (NOBODY, 7, False, ("closed", "decided", False, "only_listed")),
        (NOBODY, 7, None, ("authenticated", "assumed", None, "only_listed")),
        (None, 7, True, ("authenticated", "decided", True, None)),
        (None, 7, False, ("closed", "decided", False, None)),
        (None, 7, None, ("authenticated", "assumed", None, None)),
        (None, 7, "yes", ("authenticated", "assumed", None, None)),
        # A list that cannot be read.
        (TWO_HOSTS[:-1], 7, True, ("unknown", "decided", True, None)),
        (b"\x00" * 76, 7, False, ("unknown", "decided", False, None)),
    ],
)
def test_the_verdict_follows_the_table(build, relay_list, flags, for_auth, expected):
    relay = judge(build, **{LIST: relay_list, FLAGS: flags, FOR_AUTH: for_auth})
    assert facts(relay) == expected
    assert relay.reasons
    assert (relay.confidence == "assumed") == any("Assumed:" in text for text in relay.reasons)


def test_without_a_list_csv_cannot_tell_an_empty_value_from_none(build):
    relay = judge(build, input_format="csv", exported=[LIST], **{FOR_AUTH: False})
    assert facts(relay) == ("closed", "assumed", False, None)
    assert any("CSV" in reason for reason in relay.reasons)


def test_a_list_whose_absence_is_in_doubt_is_assumed(build):
    inventory = build.inventory(build.virtual_server())
    listener = inventory.objects[0]
    doubted = replace(listener.settings[LIST], doubt="other records come from another export")
    relay = judge_relay(
        replace(listener, settings={**listener.settings, LIST: doubted}), know_forest(inventory)
    )
    assert facts(relay) == ("authenticated", "assumed", True, None)
    assert "another export" in relay.doubt
    assert any("another export" in reason for reason in relay.reasons)


@pytest.mark.parametrize(
    ("relay_list", "expected", "covered"),
    [
        ({"deny": ["0.0.0.0/0"]}, ("authenticated", "assumed", True, "all_except"), 0),
        (
            {"deny": ["0.0.0.0/1", "128.0.0.0/1"]},
            ("authenticated", "assumed", True, "all_except"),
            0,
        ),
        (
            {"deny": ["0.0.0.0/0"], "grant": ["203.0.113.0/24"]},
            ("listed", "assumed", True, "all_except"),
            256,
        ),
        (
            {"deny": ["0.0.0.0/0"], "grant": ["0.0.0.0/0"]},
            ("open", "assumed", True, "all_except"),
            1 << 32,
        ),
    ],
)
def test_exceptions_that_cover_everything_leave_nobody_or_who_is_granted(
    build, relay_list, expected, covered
):
    relay = judge(build, **{LIST: listing(**relay_list)})
    assert facts(relay) == expected
    assert relay.exposure.addresses == covered


def test_bits_that_nobody_documents_leave_anonymous_access_in_doubt(build):
    known, unknown = (judge(build, **{LIST: ALL_BUT_ONE, FLAGS: flags}) for flags in (22, 38))
    assert (known.verdict, known.confidence, known.doubt) == ("authenticated", "decided", "")
    assert (unknown.verdict, unknown.confidence) == ("authenticated", "assumed")
    assert "0x20" in unknown.doubt
    # A list that lets only some through does not become worse by it.
    assert judge(build, **{LIST: TWO_HOSTS, FLAGS: 38}).confidence == "decided"


@pytest.mark.parametrize(
    ("flags", "told"), [(0, True), (1, True), (17, True), (3, False), (4, False)]
)
def test_a_listener_without_a_logon_says_so(build, flags, told):
    relay = judge(build, **{FLAGS: flags})
    assert facts(relay) == ("authenticated", "decided", True, None)
    assert any("No logon is offered" in reason for reason in relay.reasons) is told


def test_a_list_that_was_not_exported_or_got_lost_is_unknown(build):
    limited = judge(build, scope=ExportScope.LIMITED)
    lost = judge(build, **{LIST: build.lost()})
    assert facts(limited) == facts(lost) == ("unknown", "decided", True, None)
    assert "not in this export" in limited.reasons[0]
    assert "lost" in lost.reasons[0]


def test_relay_for_hosts_that_log_on_is_assumed_where_it_was_not_exported(build):
    relay = judge(
        build, scope=ExportScope.LIMITED, exported=[LIST], **{FOR_AUTH: None, FLAGS: None}
    )
    assert facts(relay) == ("authenticated", "assumed", None, None)


def test_addresses_stand_as_found_and_are_counted_once(build):
    relay = judge(build, **{LIST: listing(grant=["10.0.0.0/24", "10.0.0.7/32", "0.0.0.0/32"])})
    assert [*map(str, relay.networks)] == ["10.0.0.0/24", "10.0.0.7/32", "0.0.0.0/32"]
    assert (relay.exposure.addresses, relay.exposure.covers) == (256, "private")


@pytest.mark.parametrize(
    ("relay_list", "covered", "covers"),
    [
        (None, 0, "none"),
        (NOBODY, 0, "none"),
        (TWO_HOSTS, 2, "private"),
        (listing(grant=["203.0.113.7/32"]), 1, "public"),
        (EVERYBODY, 4294967296, "everything"),
        (ALL_BUT_ONE, 4294967295, "public"),
        (BOTH, 4294967295, "public"),
        (listing(deny=["0.0.0.0/0"], grant=["10.0.0.1/32"]), 1, "private"),
        (b"", 4294967296, "everything"),
    ],
)
def test_the_addresses_covered_are_those_that_may_relay(build, relay_list, covered, covers):
    exposure = judge(build, **{LIST: relay_list}).exposure
    assert (exposure.addresses, exposure.covers) == (covered, covers)


def test_nobody_counts_the_addresses_of_a_list_that_cannot_be_read(build):
    assert judge(build, **{LIST: b"?"}).exposure is None


@pytest.mark.parametrize(
    ("connection", "words"),
    [
        (None, ""),
        (b"", ""),
        (listing(grant=["10.0.0.0/8"]), "only 10.0.0.0/8"),
        (listing(deny=["192.0.2.7/32"]), "all except 192.0.2.7/32"),
        (listing(grant=["0.0.0.0/32"]), "nobody may connect"),
        (b"?", "not known, msExchIPSecurity cannot be decoded"),
    ],
)
def test_connection_control_is_told_but_softens_nothing(build, connection, words):
    relay = judge(build, **{LIST: b"", "msExchIPSecurity": connection})
    assert relay.verdict == "open"
    assert relay.connection_control.startswith(words)
    assert bool(words) == bool(relay.connection_control)
    assert bool(words) == any("Connection control" in reason for reason in relay.reasons)


def test_basic_authentication_without_tls_is_told_beside_authenticated_relay(build):
    told = judge(build)
    with_tls = judge(build, msExchAccessSSLFlags=8)
    without_basic = judge(build, **{FLAGS: 5})
    closed = judge(build, **{FOR_AUTH: False})
    assert any("Basic authentication" in reason for reason in told.reasons)
    for relay in (with_tls, without_basic, closed):
        assert not any("Basic authentication" in reason for reason in relay.reasons)


def test_the_flags_are_told_apart(build):
    relay = judge(build, **{FLAGS: 6, "msExchAccessSSLFlags": 264})
    assert (relay.anonymous, relay.basic, relay.tls_required) == (False, True, True)
    unknown = judge(build, **{FLAGS: None, "msExchAccessSSLFlags": "x"})
    assert (unknown.anonymous, unknown.basic, unknown.tls_required) == (None, None, None)


def test_relay_rights_of_accounts_are_named_and_not_judged(build):
    relay = judge(build, msExchSubmitRelaySD=b"\x01")
    assert relay.verdict == "authenticated"
    assert any(reason.startswith("Per-account relay grants exist") for reason in relay.reasons)


def test_a_long_list_is_cut_in_the_reasons_only(build):
    relay = judge(build, **{LIST: listing(grant=[f"10.0.0.{host}/32" for host in range(1, 31)])})
    assert len(relay.networks) == 30
    assert "and 20 more" in relay.reasons[0]


NETWORKS = st.lists(
    st.builds(
        lambda address, prefix: IPv4Network((address, prefix), strict=False),
        st.integers(0, 2**32 - 1),
        st.integers(0, 32),
    ),
    max_size=4,
)
LISTS = st.one_of(
    st.none(),
    st.binary(max_size=90),
    st.builds(lambda grant, deny: encode_address_list(grant=grant, deny=deny), NETWORKS, NETWORKS),
)
RANK = {"closed": 0, "listed": 1, "authenticated": 1, "open": 2}


@settings(deadline=None)
@given(LISTS, st.sampled_from([None, 0, 1, 2, 6, 7, "x"]), st.sampled_from([None, True, False]))
def test_missing_evidence_never_makes_the_verdict_better(build, relay_list, flags, for_auth):
    values = {LIST: relay_list, FLAGS: flags, FOR_AUTH: for_auth}
    relay = judge(build, **values)
    assert relay.verdict in {*RANK, "unknown"}
    assert relay.reasons
    if relay.verdict == "unknown":
        return
    for missing in (FLAGS, FOR_AUTH):
        less = judge(build, **{**values, missing: None})
        assert RANK[less.verdict] >= RANK[relay.verdict]


@settings(deadline=None)
@given(NETWORKS, st.integers(0, 2**32 - 1))
def test_the_count_agrees_with_asking_for_each_address(build, networks, address):
    inside = any(address in range(int(x[0]), int(x[-1]) + 1) for x in networks)
    relay = judge(build, **{LIST: encode_address_list(grant=networks)})
    if networks and inside and address != 0:
        assert relay.exposure.addresses
        assert relay.verdict in ("listed", "open")


def test_a_snapshot_without_a_list_decides_like_ldif(build):
    assert judge(build, input_format="snapshot").confidence == "decided"


def test_the_verdict_needs_nothing_but_the_object(build):
    listener = build.inventory(build.virtual_server(**{LIST: TWO_HOSTS})).objects[0]
    assert judge_relay(listener, NO_FOREST) == judge_relay(
        replace(listener, notes=("seen before",)), NO_FOREST
    )


@pytest.mark.parametrize(
    ("version", "leftover"), [("2000", False), ("2003", False), ("2007", True), (None, False)]
)
def test_a_virtual_server_of_a_later_server_is_a_leftover(build, version, leftover):
    servers = [build.server(version=version)] if version else []
    inventory = build.inventory(build.virtual_server(), *servers)
    assert is_leftover(inventory.objects[0]) is leftover
