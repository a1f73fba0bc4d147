"""The command that gives a good dump, with the forest's own name in it."""

import re

EXAMPLE = "CN=Configuration,DC=contoso,DC=com"

# The command is pasted into a shell of the client: nothing but plain names may come from a dump.
_FOREST = r"(?i)(?:(?!DC=)[A-Z]{1,40}=[^,=]{1,64},)*((?:DC=[A-Z0-9-]{1,63},)*DC=[A-Z0-9-]{1,63})"


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


def descriptor_command(tool: str, naming_context: str = "") -> str:
    """Return the command that exports the configuration partition with its security descriptors.

    A server hands out nTSecurityDescriptor when it is named, and to those who may not read the
    audit list only with a control that asks for the other parts (MS-ADTS 3.1.1.3.4.1.11).
    """
    base = configuration_of(naming_context) or EXAMPLE
    domain = ".".join(part[3:] for part in base.split(",")[1:])
    if tool == "ldapsearch":
        return (
            f'ldapsearch -x -H ldaps://DC-NAME.{domain} -D "USER@{domain}" -W -b "{base}" -s sub '
            "-E pr=500/noprompt -E '!1.2.840.113556.1.4.801=::MAMCAQc=' "
            '"(objectClass=*)" "*" nTSecurityDescriptor > config.ldif'
        )
    return f'ldifde -f config.ldf -d "{base}" -p subtree -l "*,nTSecurityDescriptor" -u'


def configuration_of(naming_context: str) -> str:
    """Return the DN of the configuration partition of a forest, empty when it cannot be told."""
    match = re.fullmatch(_FOREST, naming_context)
    return f"CN=Configuration,{match[1]}" if match else ""
