"""How to take a good dump, by tool."""

import textwrap

from analyzer.report.export_command import command_for, descriptor_command

TOOLS = ("ldifde", "csvde", "ldapsearch", "powershell")

_HELP = {
    "ldifde": """\
        On a domain member running Windows, in a command prompt:

            {command}

        Keep -u: without it names with accents depend on the code page of that computer. Do not add
        -l (leaves attributes out), -n or -m (leave out the relay lists and the GUIDs) or -r (leaves
        objects out). This is the best form: it tells an empty value from none.""",
    "csvde": """\
        On a domain member running Windows, in a command prompt:

            {command}

        Do not open the file in a spreadsheet program and save it: that changes numbers and
        separators. CSV cannot tell an empty relay list from none, so prefer ldifde.""",
    "ldapsearch": """\
        From any computer that reaches a domain controller (put in its name and an account):

            {command}

        Keep -E pr=500/noprompt: without paging the server stops after 1000 entries. Do not add -t
        (values go to other files) or -A (no values), and name no attributes.""",
    "powershell": """\
        Export-Csv replaces lists and binary values, among them the relay list, by the names of
        their types, and what it replaces is lost. Run ldifde from PowerShell instead:

            {command}""",
}


_WITH_DESCRIPTORS = {
    "ldifde": """\
        Who may relay through receive connectors of Exchange 2007 and later stands in their security
        descriptors, which are exported only when they are named; for this form the account needs
        the right to read the audit list (an administrator of the domain controller has it):

            {command}

        A snapshot of AD Explorer holds them as well, for any account.""",
    "ldapsearch": """\
        Who may relay through receive connectors of Exchange 2007 and later stands in their security
        descriptors. This form asks for them, without the audit list that few accounts may read:

            {command}""",
}


def export_help(tool: str, naming_context: str = "") -> str:
    """Return how to take a dump with one tool: the command and what to watch."""
    text = textwrap.dedent(_HELP[tool])
    text = text.format(command=command_for(tool, naming_context))
    if tool not in _WITH_DESCRIPTORS:
        return f"{tool}\n\n{text}"
    command = descriptor_command(tool, naming_context)
    return f"{tool}\n\n{text}\n\n{textwrap.dedent(_WITH_DESCRIPTORS[tool]).format(command=command)}"
