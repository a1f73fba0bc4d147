"""The words that name nobody, in lower case: what software calls its own things.

Everything else is taken for a name. A word that does stand in the name of a server, group, domain
or organisation of the dump is taken for one, too.
"""

CONTAINERS = frozenset(
    {
        "address lists container",
        "address-lists-container",
        "addressing",
        "administrative groups",
        "all address lists",
        "all global address lists",
        "arrays",
        "client access",
        "configuration",
        "connections",
        "deleted objects",
        "display-templates",
        "displayspecifiers",
        "extended-rights",
        "first storage group",
        "global settings",
        "http",
        "imap4",
        "informationstore",
        "instant messaging",
        "internet message formats",
        "lostandfound",
        "lostandfoundconfig",
        "mailbox store",
        "message delivery",
        "message filter",
        "microsoft exchange",
        "microsoft mta",
        "microsoft system attendant",
        "mobile",
        "nntp",
        "ntds settings",
        "offline address lists",
        "partitions",
        "physical locations",
        "pop3",
        "protocols",
        "public folders",
        "public folder store",
        "queries",
        "recipient policies",
        "recipient update services",
        "replication",
        "routing groups",
        "schema",
        "servers",
        "services",
        "sites",
        "smtp",
        "smtp receive connectors",
        "subnets",
        "system",
        "system policies",
        "templates",
        "transport settings",
        "users",
        "well known security principals",
        "windows nt",
        "directory service",
        "x400",
    }
)
"""Names of containers that every forest has."""

BOOLEANS = frozenset({"true", "false"})
"""How the directory writes what is true or not."""

ALWAYS = frozenset({"fydibohf23spdlt", "dwbgzmfd01qnbjr"})
"""What Exchange 2007 puts into the names of its own groups, in every organisation."""

_TOP_LEVEL_DOMAINS = """
arpa com net org edu gov mil int info biz local lan internal corp home localhost localdomain at be
ca ch cn cz de dk es eu fi fr gr hu ie in it jp nl no nz pl pt ru se uk us za
"""
_WORDS = """
a an and as at by for from in is no not null of off on or the to true false yes cn ou dc ad uid
guid sid dn access account accounts address addresses administrative administrator administrators
all anonymous any anonymoususers attendant authenticated authentication backend badmail basic
bridgehead build builtin c client cnf config configuration connection connector connectors
container custom data day days default del delivery digest directory disabled display domain
domains drop dsa enabled enterprise esmtp everyone exchange exchangelegacyservers exchangeservers
exchangeusers exchsrvr external files filter first folder folders frontend front global group
groups gssapi gwart hour hours hub inbound integrated internal internet ldap legacy list lists
local logs mail mailbox mailroot mdbdata message messages mexch microsoft minute minutes mta
netbios ncacn_ip_tcp ncacn_np ncacn_vns_spp ncacn ip tcp np vns spp ncadg ipx ncalrpc negotiate
network ntlm outbound pack partners pickup policies policy pop3 imap4 nntp private program proxy
proxyaddresses public queue receive recipient recipients relay replication retry role routing rule
rules schema second security send server servers service services session setting settings site
sites smtp ssl starttls store stores storage support system tarpit template templates tls
transport update user users version virtual vsi vs windows winnt inetpub x400 x500 ex fax notes ms
msmail ccmail x509 systemroot systemdrive programfiles programdata temp var www http https ftp tmp
"""

TOP_LEVEL_DOMAINS = frozenset(_TOP_LEVEL_DOMAINS.split())
"""The last labels of domains that are no name of anybody."""

WORDS = frozenset(_WORDS.split())
"""Words of products, protocols, paths and default names."""
