"""Permission groups as the shell shows them, from descriptors written by hand."""

import pytest

from . import descriptors as sd
from .descriptors import (
    ANONYMOUS,
    EDGE,
    EVERYONE,
    EXTERNAL,
    HUB,
    INHERITED,
    LEGACY_GROUP,
    PARTNER,
    RELAY,
    SERVERS_GROUP,
    SUBMIT,
    USERS,
    allow,
    deny,
    descriptor,
    full_control,
)

ANONYMOUS_USERS = allow(ANONYMOUS, *sd.ANONYMOUS_SET)
SERVERS = allow(HUB, *sd.SERVERS_SET) + allow(EDGE, *sd.SERVERS_SET)
SERVERS += allow(SERVERS_GROUP, *sd.SERVERS_SET) + allow(EXTERNAL, *sd.EXTERNAL_SET)
LEGACY = deny(LEGACY_GROUP, sd.FOREST, sd.ORGANIZATION) + allow(LEGACY_GROUP, *sd.EXTERNAL_SET)
ADMINS = full_control(sd.ADMINISTRATORS)


@pytest.mark.parametrize(
    ("entries", "groups"),
    [
        ([], []),
        ([ADMINS], []),
        ([ANONYMOUS_USERS], ["AnonymousUsers"]),
        ([allow(ANONYMOUS, *sd.ANONYMOUS_SET[1:])], []),
        ([ANONYMOUS_USERS, allow(ANONYMOUS, RELAY)], ["AnonymousUsers", "Custom"]),
        ([ANONYMOUS_USERS, allow(ANONYMOUS, RELAY, flags=INHERITED)], ["AnonymousUsers"]),
        ([allow(ANONYMOUS, *sd.ANONYMOUS_SET, flags=INHERITED)], ["AnonymousUsers"]),
        ([deny(ANONYMOUS, SUBMIT), ANONYMOUS_USERS], []),
        ([allow(ANONYMOUS, *sd.ANONYMOUS_SET, flags=sd.INHERIT_ONLY)], []),
        ([allow(ANONYMOUS, RELAY)], ["Custom"]),
        ([deny(ANONYMOUS, RELAY), allow(ANONYMOUS, RELAY)], []),
        ([allow(USERS, *sd.USERS_SET)], ["ExchangeUsers"]),
        ([allow(USERS, *sd.USERS_SET, sd.ANY_SENDER)], ["ExchangeUsers", "Custom"]),
        ([SERVERS], ["ExchangeServers"]),
        ([allow(HUB, *sd.SERVERS_SET)], ["ExchangeServers"]),
        ([allow(EDGE, *sd.SERVERS_SET)], ["ExchangeServers"]),
        ([allow(HUB, *sd.EXTERNAL_SET)], []),
        ([SERVERS, allow(HUB, sd.XSHADOW, sd.XATTR)], ["ExchangeServers"]),
        ([SERVERS, allow(SERVERS_GROUP, sd.XSHADOW, sd.XATTR)], ["ExchangeServers"]),
        ([allow(EXTERNAL, *sd.EXTERNAL_SET)], []),
        ([allow(EXTERNAL, *sd.SERVERS_SET)], ["Custom"]),
        ([allow(PARTNER, *sd.PARTNER_SET)], ["Partners"]),
        ([allow(PARTNER, *sd.PARTNER_SET, RELAY)], ["Partners", "Custom"]),
        ([LEGACY], []),  # no group of the dump has this SID, and its rights are a set of a group
        ([allow(SERVERS_GROUP, *sd.SERVERS_SET)], []),
        ([allow(SERVERS_GROUP, *sd.SERVERS_SET, sd.XSHADOW)], []),
        ([allow(SERVERS_GROUP, sd.XSHADOW)], []),
        ([allow(SERVERS_GROUP, RELAY)], ["Custom"]),
        ([allow(SERVERS_GROUP, *sd.SERVERS_SET[1:])], ["Custom"]),
        ([allow(EVERYONE, RELAY)], ["Custom"]),
        ([full_control(sd.ADMINISTRATORS, flags=0)], ["Custom"]),
        (
            [ANONYMOUS_USERS, allow(USERS, *sd.USERS_SET), SERVERS, allow(PARTNER, SUBMIT), ADMINS],
            ["AnonymousUsers", "ExchangeUsers", "ExchangeServers"],
        ),
    ],
)
def test_groups_of_a_descriptor(later, entries, groups):
    judged = later.judge(nTSecurityDescriptor=descriptor(*entries))
    assert judged.facts.permission_groups == tuple(groups)


def test_legacy_servers_are_a_group_of_the_dump(later):
    group = later.group("ExchangeLegacyInterop", sd.sid(LEGACY_GROUP))
    judged = later.judge(group, nTSecurityDescriptor=descriptor(LEGACY, SERVERS))
    assert judged.facts.permission_groups == ("ExchangeServers", "ExchangeLegacyServers")
    more = descriptor(LEGACY, allow(LEGACY_GROUP, "8fc01282-006d-42b1-81e3-c0b46bed3754"))
    judged = later.judge(group, nTSecurityDescriptor=more)
    assert judged.facts.permission_groups == ("ExchangeLegacyServers", "Custom")


def test_rights_are_those_of_the_dump(later):
    other = "11111111-2222-3333-4444-555555555555"
    right = later.right("ms-Exch-SMTP-Submit", other)
    octets = descriptor(allow(ANONYMOUS, other, *sd.ANONYMOUS_SET[1:]))
    judged = later.judge(right, nTSecurityDescriptor=octets)
    assert judged.facts.permission_groups == ("AnonymousUsers",)
    judged = later.judge(right, nTSecurityDescriptor=descriptor(ANONYMOUS_USERS))
    assert judged.facts.permission_groups == ()


@pytest.mark.parametrize("octets", [None, b"", descriptor(ANONYMOUS_USERS)[:-1]])
def test_without_a_descriptor_groups_are_not_known(later, octets):
    assert later.judge(nTSecurityDescriptor=octets).facts.permission_groups is None


@pytest.mark.parametrize("marked_present", [True, False])
def test_without_an_access_list_there_is_no_group(later, marked_present):
    octets = sd.without_dacl(marked_present=marked_present)
    assert later.judge(nTSecurityDescriptor=octets).facts.permission_groups == ()
