"""Rights: the built-in table, replaced right by right by what a dump defines."""

from analyzer.directory.extended_rights import (
    ACCEPT_ANY_RECIPIENT,
    BUILT_IN,
    EXTENDED_RIGHTS,
    SUBMIT,
    make_rights,
)

RELAY = "5c82f031-4e4c-4326-88e1-8c4f0cad9de5"
SUBMIT_GUID = "a18293f1-0685-4540-aa63-e32df421b3a2"
OTHER = "11111111-2222-3333-4444-555555555555"


def test_the_built_in_rights_are_the_table():
    assert BUILT_IN.names == EXTENDED_RIGHTS
    assert BUILT_IN.guids[ACCEPT_ANY_RECIPIENT] == RELAY
    assert BUILT_IN.guids[SUBMIT] == SUBMIT_GUID


def test_a_right_of_the_dump_replaces_the_built_in_one_of_its_name_alone():
    rights = make_rights({"MS-EXCH-SMTP-ACCEPT-ANY-RECIPIENT": "{" + OTHER.upper() + "}"})
    assert rights.guids[ACCEPT_ANY_RECIPIENT] == OTHER
    assert rights.names[OTHER] == ACCEPT_ANY_RECIPIENT
    assert RELAY not in rights.names
    assert rights.guids[SUBMIT] == SUBMIT_GUID


def test_rights_may_change_places():
    rights = make_rights({ACCEPT_ANY_RECIPIENT: SUBMIT_GUID, SUBMIT: RELAY})
    assert (rights.guids[ACCEPT_ANY_RECIPIENT], rights.guids[SUBMIT]) == (SUBMIT_GUID, RELAY)
    assert (rights.names[SUBMIT_GUID], rights.names[RELAY]) == (ACCEPT_ANY_RECIPIENT, SUBMIT)


def test_a_guid_that_two_rights_claim_is_that_of_the_dump():
    assert make_rights({ACCEPT_ANY_RECIPIENT: SUBMIT_GUID}).names[SUBMIT_GUID] == (
        ACCEPT_ANY_RECIPIENT
    )


def test_what_is_no_guid_defines_nothing():
    assert make_rights({ACCEPT_ANY_RECIPIENT: "none"}).guids == BUILT_IN.guids


def test_rights_that_nobody_knows_are_added():
    assert make_rights({"Invented-Right": OTHER}).names[OTHER] == "Invented-Right"
