"""The command that gives a good dump, by tool, with the forest's own name in it."""

import re
import textwrap

TOOLS = ("ldifde", "csvde", "ldapsearch", "powershell")

EXAMPLE = "CN=Configuration,DC=contoso,DC=com"

# The command is pasted into a shell of the client: nothing but plain names may come from a dump.
_FOREST = re.compile(
    r"(?:(?!DC=)[A-Z]{1,40}=[^,=]{1,64},)*((?:DC=[A-Z0-9-]{1,63},)*DC=[A-Z0-9-]{1,63})",
    re.IGNORECASE,
)

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


def command_for(tool: str, naming_context: str = "") -> str:
    """Return the command that exports the configuration partition of a forest.

    Args:
        tool: one of `TOOLS`.
        naming_context: any DN of the forest; an example stands in when it is empty or odd.
    """
    base = configuration_of(naming_context) or EXAMPLE
    domain = ".".join(part[3:] for part in base.split(",")[1:])
    match tool:
        case "csvde":
            return f'csvde -f config.csv -d "{base}" -p subtree -u'
        case "ldapsearch":
            return (
                f'ldapsearch -x -H ldaps://DC-NAME.{domain} -D "USER@{domain}" -W '
                f'-b "{base}" -s sub -E pr=500/noprompt "(objectClass=*)" > config.ldif'
            )
        case "powershell":
            return f"& ldifde.exe -f config.ldf -d '{base}' -p subtree -u"
    return f'ldifde -f config.ldf -d "{base}" -p subtree -u'


def export_help(tool: str, naming_context: str = "") -> str:
    """Return how to take a dump with one tool: the command and what to watch."""
    text = textwrap.dedent(_HELP[tool])
    return f"{tool}\n\n" + text.format(command=command_for(tool, naming_context))


def configuration_of(naming_context: str) -> str:
    """Return the DN of the configuration partition of a forest, empty when it cannot be told."""
    match = _FOREST.fullmatch(naming_context)
    return f"CN=Configuration,{match[1]}" if match else ""
