"""Who may relay through a receive connector: the contract's table, line by line."""

import pytest

from analyzer.dump.reading import ExportScope

from . import descriptors as sd
from .descriptors import (
    ADMINISTRATORS,
    ANONYMOUS,
    EVERYONE,
    EXTERNAL,
    HUB,
    RELAY,
    SUBMIT,
    USERS,
    allow,
    deny,
    descriptor,
    full_control,
)

DESCRIPTOR = "nTSecurityDescriptor"
ENABLED = "msExchSmtpReceiveEnabled"
RANGES = "msExchSmtpReceiveRemoteIPRanges"
FLAGS = "msExchSMTPReceiveInboundSecurityFlag"

SCOPED = ["10.1.2.0/24", "192.0.2.5"]
ALL_IPV4 = ["0.0.0.0-255.255.255.255"]
ALL_IPV6 = ["10.1.2.3", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]

ADMINS = full_control(ADMINISTRATORS)
BARE = descriptor(ADMINS)
"""What is left of an access list when nothing of Exchange is in it."""
ANONYMOUS_RELAYS = descriptor(allow(ANONYMOUS, SUBMIT, RELAY), ADMINS)
ANONYMOUS_CANNOT_SUBMIT = descriptor(allow(ANONYMOUS, RELAY), ADMINS)
EVERYONE_RELAYS = descriptor(allow(EVERYONE, RELAY), ADMINS)
EXTERNAL_RELAYS = descriptor(allow(EXTERNAL, *sd.EXTERNAL_SET))
USERS_RELAY = descriptor(allow(USERS, *sd.USERS_SET))
ALL_RELAY = descriptor(
    allow(EXTERNAL, RELAY), allow(ANONYMOUS, RELAY, SUBMIT), allow(EVERYONE, RELAY), ADMINS
)
NULL_DACL = sd.without_dacl(marked_present=True)
NO_DACL = sd.without_dacl(marked_present=False)
EMPTY_DACL = descriptor()
TRUNCATED = ANONYMOUS_RELAYS[:-1]

NOT_EXPORTED = {"how": {"scope": ExportScope.LIMITED}}


def table(*rows):
    """Rows of descriptor, flags, ranges, verdict, confidence."""
    return pytest.mark.parametrize(("octets", "flags", "ranges", "verdict", "confidence"), rows)


@table(
    # Externally secured, and the descriptor lets such servers relay.
    (EXTERNAL_RELAYS, 33, ALL_IPV4, "open", "decided"),
    (EXTERNAL_RELAYS, 33, ALL_IPV6, "open", "decided"),
    (EXTERNAL_RELAYS, 33, SCOPED, "listed", "decided"),
    (EXTERNAL_RELAYS, 63, SCOPED, "listed", "decided"),
    (ALL_RELAY, 33, SCOPED, "listed", "decided"),
    # Externally secured, without a descriptor of any use.
    (None, 33, ALL_IPV4, "open", "assumed"),
    (None, 33, SCOPED, "listed", "assumed"),
    (b"", 33, SCOPED, "listed", "assumed"),
    (TRUNCATED, 33, SCOPED, "listed", "assumed"),
    (TRUNCATED, 33, ALL_IPV6, "open", "assumed"),
    # No descriptor.
    (None, 31, SCOPED, "unknown", "decided"),
    (None, 31, ALL_IPV4, "unknown", "decided"),
    (b"", 31, ALL_IPV4, "unknown", "decided"),
    (TRUNCATED, 31, ALL_IPV4, "unknown", "decided"),
    # Anonymous.
    (ANONYMOUS_RELAYS, 1, ALL_IPV4, "open", "decided"),
    (ANONYMOUS_RELAYS, 1, ALL_IPV6, "open", "decided"),
    (ANONYMOUS_RELAYS, 1, SCOPED, "listed", "decided"),
    (ANONYMOUS_RELAYS, 0, SCOPED, "listed", "decided"),
    (ANONYMOUS_CANNOT_SUBMIT, 1, ALL_IPV4, "open", "assumed"),
    (ANONYMOUS_CANNOT_SUBMIT, 1, SCOPED, "listed", "assumed"),
    # Externally secured, but the descriptor does not let such servers relay: on to the next.
    (ANONYMOUS_RELAYS, 33, SCOPED, "listed", "decided"),
    # Everyone, or no access list.
    (EVERYONE_RELAYS, 1, ALL_IPV4, "open", "assumed"),
    (EVERYONE_RELAYS, 1, SCOPED, "listed", "assumed"),
    (NULL_DACL, 1, ALL_IPV4, "open", "assumed"),
    (NULL_DACL, 1, SCOPED, "listed", "assumed"),
    (NO_DACL, 1, SCOPED, "listed", "assumed"),
    (NULL_DACL, 33, SCOPED, "listed", "assumed"),
    # Others, who have to log on.
    (USERS_RELAY, 2, ALL_IPV4, "authenticated", "decided"),
    (USERS_RELAY, 4, SCOPED, "authenticated", "decided"),
    (USERS_RELAY, 16, SCOPED, "authenticated", "decided"),
    (USERS_RELAY, 31, SCOPED, "authenticated", "decided"),
    (descriptor(allow(HUB, *sd.SERVERS_SET)), 17, ALL_IPV4, "authenticated", "decided"),
    (BARE, 31, ALL_IPV4, "authenticated", "decided"),
    (USERS_RELAY, 33, ALL_IPV4, "closed", "decided"),
    # Nobody.
    (USERS_RELAY, 1, ALL_IPV4, "closed", "decided"),
    (USERS_RELAY, 9, ALL_IPV4, "closed", "decided"),
    (USERS_RELAY, 0, ALL_IPV4, "closed", "decided"),
    (BARE, 1, ALL_IPV4, "closed", "decided"),
    (EMPTY_DACL, 31, ALL_IPV4, "closed", "decided"),
    (EMPTY_DACL, 33, ALL_IPV4, "closed", "decided"),
    (EXTERNAL_RELAYS, 31, ALL_IPV4, "closed", "decided"),
    (descriptor(allow(ANONYMOUS, *sd.ANONYMOUS_SET)), 1, ALL_IPV4, "closed", "decided"),
)
def test_the_table_of_the_contract(later, octets, flags, ranges, verdict, confidence):
    judged = later.judge(**{DESCRIPTOR: octets, FLAGS: flags, RANGES: ranges})
    assert judged.verdict == (verdict, confidence)
    by_address = verdict in ("open", "listed")
    assert list(map(str, judged.relay.networks)) == (
        {
            str(SCOPED): ["10.1.2.0/24", "192.0.2.5/32"],
            str(ALL_IPV4): ["0.0.0.0/0"],
            str(ALL_IPV6): ["10.1.2.3/32", "::/0"],
        }[str(ranges)]
        if by_address
        else []
    )
    assert any(reason.startswith("Assumed:") for reason in judged.relay.reasons) is (
        confidence == "assumed"
    )


# The flags are not known: not exported, lost, or no number.
@pytest.mark.parametrize("lost", [True, False])
@pytest.mark.parametrize(
    ("octets", "ranges", "verdict", "confidence"),
    [
        (EXTERNAL_RELAYS, ALL_IPV4, "open", "assumed"),
        (EXTERNAL_RELAYS, SCOPED, "listed", "assumed"),
        (ALL_RELAY, SCOPED, "listed", "assumed"),
        (None, ALL_IPV4, "unknown", "decided"),
        (ANONYMOUS_RELAYS, ALL_IPV4, "open", "decided"),
        (ANONYMOUS_RELAYS, SCOPED, "listed", "decided"),
        (EVERYONE_RELAYS, SCOPED, "listed", "assumed"),
        (USERS_RELAY, SCOPED, "authenticated", "assumed"),
        (BARE, ALL_IPV4, "authenticated", "assumed"),
        (EMPTY_DACL, ALL_IPV4, "closed", "decided"),
    ],
)
def test_flags_that_are_not_known(later, lost, octets, ranges, verdict, confidence):
    flags = later.build.lost() if lost else "thirty-one"
    judged = later.judge(**{DESCRIPTOR: octets, FLAGS: flags, RANGES: ranges})
    assert judged.verdict == (verdict, confidence)
    assert judged.relay.externally_secured is None


def test_flags_without_a_value_are_those_that_exchange_takes(later):
    judged = later.judge(**{DESCRIPTOR: USERS_RELAY, FLAGS: None})
    assert judged.verdict == ("authenticated", "assumed")
    assert judged.relay.externally_secured is False
    assert judged.relay.authenticated_may_relay is True
    external = later.judge(**{DESCRIPTOR: EXTERNAL_RELAYS, FLAGS: None})
    assert external.verdict == ("closed", "decided")


@pytest.mark.parametrize("ranges", ["lost", "odd", None, "not exported"])
@pytest.mark.parametrize(
    ("octets", "flags", "verdict", "confidence"),
    [
        (ANONYMOUS_RELAYS, 1, "open", "assumed"),
        (EXTERNAL_RELAYS, 33, "open", "assumed"),
        (None, 33, "open", "assumed"),
        (EVERYONE_RELAYS, 1, "open", "assumed"),
        (USERS_RELAY, 31, "authenticated", "decided"),
        (EMPTY_DACL, 31, "closed", "decided"),
        (None, 31, "unknown", "decided"),
    ],
)
def test_ranges_that_are_not_known_are_everything(
    later, ranges, octets, flags, verdict, confidence
):
    values = {
        "lost": later.build.lost(),
        "odd": ["10.1.2.0/24", "10.1.2.9-10.1.2.1"],
        None: None,
        "not exported": None,
    }
    how = {"scope": ExportScope.LIMITED} if ranges == "not exported" else {}
    changes = {DESCRIPTOR: octets, FLAGS: flags, RANGES: values[ranges]}
    judged = later.judge(how=how, **changes)
    assert judged.verdict == (verdict, confidence)
    assert judged.facts.remote_ranges == ("0.0.0.0/0", "::/0")
    if verdict == "open":
        assert judged.relay.exposure.addresses == 2**32 + 2**128
        assert judged.relay.exposure.covers == "everything"


@pytest.mark.parametrize("octets", [ANONYMOUS_RELAYS, EXTERNAL_RELAYS, USERS_RELAY, None, b""])
def test_a_disabled_connector_is_closed_whatever_else_it_says(later, octets):
    judged = later.judge(**{ENABLED: False, DESCRIPTOR: octets, RANGES: None, FLAGS: "?"})
    assert judged.verdict == ("closed", "decided")
    assert judged.facts.enabled is False
    assert judged.relay.networks == ()


def test_what_anonymous_hosts_could_do_is_told_of_disabled_connectors_too(later):
    judged = later.judge(**{ENABLED: False, DESCRIPTOR: ANONYMOUS_RELAYS, FLAGS: 33})
    assert judged.relay.anonymous_may_relay is True
    assert judged.relay.externally_secured is True


def test_a_connector_without_the_setting_is_enabled(later):
    judged = later.judge(**{ENABLED: None, DESCRIPTOR: ANONYMOUS_RELAYS})
    assert judged.facts.enabled is True
    assert judged.verdict == ("listed", "decided")


@pytest.mark.parametrize(
    ("octets", "verdict"),
    [
        (ANONYMOUS_RELAYS, "listed"),
        (USERS_RELAY, "authenticated"),
        (EMPTY_DACL, "closed"),
        (None, "unknown"),
    ],
)
@pytest.mark.parametrize("scope", list(ExportScope))
def test_a_connector_of_which_nobody_knows_counts_as_enabled(later, octets, verdict, scope):
    enabled = None if scope is ExportScope.LIMITED else "yes"
    judged = later.judge(how={"scope": scope}, **{ENABLED: enabled, DESCRIPTOR: octets})
    assert judged.facts.enabled is None
    assert judged.verdict == (verdict, "assumed")


@pytest.mark.parametrize(
    ("octets", "flags", "anonymous", "external", "authenticated"),
    [
        (ANONYMOUS_RELAYS, 31, True, False, False),
        (EVERYONE_RELAYS, 33, True, True, False),
        (NULL_DACL, 31, True, False, False),
        (USERS_RELAY, 2, False, False, True),
        (USERS_RELAY, 4, False, False, True),
        (USERS_RELAY, 16, False, False, False),
        (USERS_RELAY, 1, False, False, False),
        (USERS_RELAY, "?", False, None, None),
        (EMPTY_DACL, "?", False, None, False),
        (None, 63, None, True, None),
        (None, 31, None, False, None),
        (TRUNCATED, 31, None, False, None),
    ],
)
def test_three_truths_beside_the_verdict(later, octets, flags, anonymous, external, authenticated):
    relay = later.judge(**{DESCRIPTOR: octets, FLAGS: flags}).relay
    assert relay.anonymous_may_relay is anonymous
    assert relay.externally_secured is external
    assert relay.authenticated_may_relay is authenticated


# Descriptors built to confuse: what they come to with the ranges of SCOPED and flags 31.
@pytest.mark.parametrize(
    ("octets", "verdict"),
    [
        # An allow entry that a deny entry follows has decided.
        (descriptor(allow(ANONYMOUS, RELAY, SUBMIT), deny(ANONYMOUS, RELAY)), "listed"),
        (descriptor(deny(ANONYMOUS, RELAY), allow(ANONYMOUS, RELAY, SUBMIT)), "closed"),
        # A deny entry for all rights, and one for another right.
        (descriptor(sd.ace(1, ANONYMOUS, None), allow(ANONYMOUS, RELAY)), "closed"),
        (descriptor(sd.ace(6, ANONYMOUS, None), allow(ANONYMOUS, RELAY)), "closed"),
        (descriptor(deny(ANONYMOUS, sd.ROUTING), allow(ANONYMOUS, RELAY, SUBMIT)), "listed"),
        # A deny entry without the bit of extended rights says nothing about them.
        (descriptor(sd.ace(1, ANONYMOUS, None, mask=0x30), allow(ANONYMOUS, RELAY)), "listed"),
        # A deny entry for somebody else, even for all who log on.
        (descriptor(deny(EVERYONE, RELAY), allow(ANONYMOUS, RELAY, SUBMIT)), "listed"),
        (descriptor(deny(ANONYMOUS, RELAY), allow(EVERYONE, RELAY)), "listed"),
        # For child objects only.
        (descriptor(allow(ANONYMOUS, RELAY, SUBMIT, flags=sd.INHERIT_ONLY)), "closed"),
        (
            descriptor(
                deny(ANONYMOUS, RELAY, flags=sd.INHERIT_ONLY | sd.INHERITED),
                allow(ANONYMOUS, RELAY, SUBMIT),
            ),
            "listed",
        ),
        # Inherited entries are in force, in the order in which they stand.
        (descriptor(allow(ANONYMOUS, RELAY, SUBMIT, flags=sd.INHERITED)), "listed"),
        (descriptor(allow(ANONYMOUS, RELAY, SUBMIT, flags=sd.CONTAINER_INHERIT)), "listed"),
        (
            descriptor(allow(ANONYMOUS, RELAY, flags=sd.INHERITED), deny(ANONYMOUS, RELAY, SUBMIT)),
            "listed",
        ),
        # All extended rights, full control, GENERIC_ALL.
        (descriptor(sd.ace(0, ANONYMOUS, None)), "listed"),
        (descriptor(sd.ace(5, ANONYMOUS, None)), "listed"),
        (descriptor(full_control(ANONYMOUS)), "listed"),
        (descriptor(full_control(ANONYMOUS, mask=sd.GENERIC_ALL)), "listed"),
        (descriptor(sd.ace(5, ANONYMOUS, RELAY, mask=sd.GENERIC_ALL)), "listed"),
        # The right without the bit, another right with it.
        (descriptor(sd.ace(5, ANONYMOUS, RELAY, mask=0x30)), "closed"),
        (descriptor(sd.ace(5, ANONYMOUS, SUBMIT, mask=sd.FULL_CONTROL)), "closed"),
        # Limited to a class of heirs: on this object it is in force.
        (descriptor(sd.ace(5, ANONYMOUS, RELAY, inherited_class=SUBMIT)), "listed"),
        # The GUID of the right in the place of the class of heirs is no object type.
        (descriptor(sd.ace(5, ANONYMOUS, SUBMIT, inherited_class=RELAY)), "closed"),
        # Entries that are not read, between others, and in the audit list.
        (descriptor(sd.ace(9, ANONYMOUS, None), allow(ANONYMOUS, RELAY)), "listed"),
        (descriptor(sd.ace(2, ANONYMOUS, None), sd.ace(7, ANONYMOUS, RELAY)), "closed"),
        (descriptor(audit=sd.ace(2, EVERYONE, None)), "closed"),
        (descriptor(owner=ANONYMOUS), "closed"),
        # Principals whose SID only looks like that of ANONYMOUS LOGON.
        (descriptor(allow("S-1-5-7-7", RELAY)), "authenticated"),
        (descriptor(allow("S-1-1-7", RELAY)), "authenticated"),
    ],
)
def test_descriptors_built_to_confuse(later, octets, verdict):
    judged = later.judge(**{DESCRIPTOR: octets})
    assert judged.relay.verdict == verdict


@pytest.mark.parametrize("size", range(len(ANONYMOUS_RELAYS)))
def test_a_truncated_descriptor_is_none_at_all(later, size):
    judged = later.judge(**{DESCRIPTOR: ANONYMOUS_RELAYS[:size]})
    assert judged.verdict == ("unknown", "decided")
    assert "cannot be decoded" in judged.relay.reasons[0]


WITH_AUDIT_LAST = (
    bytes([1, 0, 0x14, 0x8C])
    + b"".join(
        at.to_bytes(4, "little") for at in (20, 0, 36 + len(sd.acl(allow(ANONYMOUS, RELAY))), 36)
    )
    + sd.sid("S-1-5-32-544")
    + sd.acl(allow(ANONYMOUS, RELAY))
    + sd.acl(sd.ace(2, EVERYONE, None))
)


def test_a_descriptor_that_is_cut_in_its_audit_list_is_none_at_all(later):
    assert later.judge(**{DESCRIPTOR: WITH_AUDIT_LAST}).verdict == ("listed", "assumed")
    for size in range(len(WITH_AUDIT_LAST)):
        judged = later.judge(**{DESCRIPTOR: WITH_AUDIT_LAST[:size]})
        assert judged.verdict == ("unknown", "decided"), size


OTHER = "11111111-2222-3333-4444-555555555555"


def test_the_rights_of_the_dump_replace_the_built_in_ones(later):
    renumbered = later.right("ms-Exch-SMTP-Accept-Any-Recipient", OTHER)
    old, new = descriptor(allow(ANONYMOUS, RELAY)), descriptor(allow(ANONYMOUS, OTHER, SUBMIT))
    assert later.judge(renumbered, **{DESCRIPTOR: old}).relay.verdict == "closed"
    assert later.judge(renumbered, **{DESCRIPTOR: new}).verdict == ("listed", "decided")
    assert later.judge(**{DESCRIPTOR: new}).relay.verdict == "closed"


def test_rights_that_change_places(later):
    swapped = (
        later.right("ms-Exch-SMTP-Accept-Any-Recipient", SUBMIT),
        later.right("ms-Exch-SMTP-Submit", RELAY),
    )
    only_submit = descriptor(allow(ANONYMOUS, SUBMIT))
    assert later.judge(*swapped, **{DESCRIPTOR: only_submit}).verdict == ("listed", "assumed")


def test_the_rights_of_another_forest_change_nothing(later):
    foreign = later.right("ms-Exch-SMTP-Accept-Any-Recipient", OTHER, "DC=fabrikam,DC=com")
    judged = later.judge(foreign, **{DESCRIPTOR: ANONYMOUS_RELAYS})
    assert judged.verdict == ("listed", "decided")


def test_an_absent_descriptor_was_not_exported_although_others_have_one(later):
    inventory = later.inventory(
        later.connector("A", **{DESCRIPTOR: ANONYMOUS_RELAYS}), later.connector("B")
    )
    states = {obj.name: obj.settings[DESCRIPTOR].state for obj in inventory.objects}
    assert states == {"A": "set", "B": "not_exported"}


def test_grants_name_every_entry_about_relaying_that_is_in_force(later):
    octets = descriptor(
        allow(ANONYMOUS, SUBMIT),
        deny(USERS, RELAY),
        allow(ANONYMOUS, RELAY, flags=sd.INHERIT_ONLY),
        allow(ANONYMOUS, RELAY),
        allow(sd.SERVERS_GROUP, RELAY),
        allow(sd.LEGACY_GROUP, RELAY),
        ADMINS,
    )
    group = later.group("Exchange Servers", sd.sid(sd.SERVERS_GROUP))
    relay = later.judge(group, **{DESCRIPTOR: octets}).relay
    right = "ms-Exch-SMTP-Accept-Any-Recipient"
    assert [
        (each.number, each.sid, each.name, each.right, each.effect, each.inherited)
        for each in relay.grants
    ] == [
        (2, USERS, "Authenticated Users", right, "deny", False),
        (4, ANONYMOUS, "ANONYMOUS LOGON", right, "allow", False),
        (5, sd.SERVERS_GROUP, "Exchange Servers", right, "allow", False),
        (6, sd.LEGACY_GROUP, sd.LEGACY_GROUP, right, "allow", False),
        (7, ADMINISTRATORS, "Domain Admins", right, "allow", True),
    ]


def test_reasons_for_a_manager_and_for_an_engineer(later):
    relay = later.judge(**{DESCRIPTOR: ANONYMOUS_RELAYS}).relay
    assert relay.reasons == (
        "Any computer in 10.1.2.0/24, 192.0.2.5/32 may send to any domain without logging on.",
        "ANONYMOUS LOGON (S-1-5-7) holds ms-Exch-SMTP-Accept-Any-Recipient: entry 2 of the access "
        "list, allow, mask 0x00000100, not inherited.",
        "msExchSmtpReceiveRemoteIPRanges: 10.1.2.0/24, 192.0.2.5/32; 257 addresses.",
    )


def test_reasons_say_when_only_administrators_may_relay(later):
    relay = later.judge(**{DESCRIPTOR: BARE}).relay
    assert relay.reasons[0] == (
        f"Only who logs on may send to any domain: Domain Admins ({ADMINISTRATORS})."
    )
    assert "inherited entries for all rights" in relay.reasons[1]
    users = later.judge(**{DESCRIPTOR: USERS_RELAY}).relay
    assert not any("administrators" in reason for reason in users.reasons)


@pytest.mark.parametrize(
    ("ranges", "addresses", "covers"),
    [
        (["10.1.2.0/24", "192.0.2.5"], 257, "public"),
        (["10.1.2.0/24", "10.1.2.128/25", "fd00::/64"], 256 + 2**64, "private"),
        (["10.1.2.0/24", "2001:db8::1"], 257, "public"),
        (["127.0.0.1", "::1"], 2, "private"),
        (["0.0.0.0/1", "128.0.0.0/1"], 2**32, "everything"),
        (["::/0"], 2**128, "everything"),
        (["0.0.0.1-255.255.255.255"], 2**32 - 1, "public"),
    ],
)
def test_exposure_over_both_families(later, ranges, addresses, covers):
    exposure = later.judge(**{DESCRIPTOR: ANONYMOUS_RELAYS, RANGES: ranges}).relay.exposure
    assert (exposure.addresses, exposure.covers) == (addresses, covers)


def test_exposure_of_who_has_to_log_on_of_nobody_and_of_who_is_not_known(later):
    by_logon = later.judge(**{DESCRIPTOR: USERS_RELAY}).relay.exposure
    assert (by_logon.addresses, by_logon.covers) == (0, "none")
    assert later.judge(**{DESCRIPTOR: EMPTY_DACL}).relay.exposure.covers == "none"
    assert later.judge().relay.exposure is None


@pytest.mark.parametrize(
    ("flags", "restrictions", "basic", "tls"),
    [
        (31, 0, True, True),
        (5, 0, True, False),
        (5, 8, True, True),
        (5, None, True, False),
        (2, 0, False, False),
        ("?", 0, None, None),
        ("?", 8, None, True),
        (5, "?", True, None),
    ],
)
def test_passwords_in_the_clear(later, flags, restrictions, basic, tls):
    changes = {FLAGS: flags, "msExchSmtpReceiveProtocolRestrictions": restrictions}
    relay = later.judge(**changes).relay
    assert (relay.basic, relay.tls_required) == (basic, tls)
