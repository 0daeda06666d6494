"""Passwords in command lines: after long options, and after the flags of programs that take one there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from spanvas.privacy.rules import rule as checks
from spanvas.privacy.rules.rule import Rule

PROGRAMS: Final = (
    (("sshpass",), "-p"),
    (("mysql", "mysqldump", "mysqladmin", "mysqlimport", "mysqlcheck", "mariadb", "mariadb-dump"), "-p"),
    (("redis-cli",), "-a"),
    (("docker", "podman", "nerdctl", "buildah", "skopeo", "crane", "oras", "helm", "az", "oc", "cf"), "-p"),
    (("mongo", "mongosh", "mongodump", "mongorestore", "mongoexport", "mongoimport", "cqlsh"), "-p"),
    (("sqlcmd", "bcp", "mosquitto_pub", "mosquitto_sub", "unzip", "zip"), "-P"),
    (("ldapsearch", "ldapmodify", "ldapadd", "ldapdelete", "ldapwhoami"), "-w"),
    (("7z", "7za", "7zr"), "-p"),
)  # fmt: skip
"""Programs, and the flag behind which their password stands."""

GLUED_PROGRAMS: Final = frozenset({*PROGRAMS[1][0], *PROGRAMS[7][0]})
"""Their flag and the password are one word: behind a blank stands something else."""
LOGIN_PROGRAMS: Final = frozenset(PROGRAMS[3][0])
"""Their flag takes a password after `login` alone: `docker run -p` takes a port."""
USER_FLAGS: Final = {
    "curl": ("-u", "--user", "-U", "--proxy-user"),
    "http": ("-a", "--auth"),
    "https": ("-a", "--auth"),
}
"""Flags behind which a name and a password stand in one: `ada:hunter2`."""
FLAGS: Final = USER_FLAGS | {
    program: (flag,) for programs, flag in PROGRAMS for program in programs
}
SHORT: Final = 2
"""Characters of a flag that may be one word with its value."""

NO_END: Final = r"(?:[^\n|;&]|\\\r?\n)*?\s"
WORD: Final = r"(?:\"([^\"\n]{3,})\"|'([^'\n]{3,})'|([^\s\"'`,;|&<>(){}\[\]]{3,}))"


def secrets_of(arguments: Sequence[Any]) -> set[int]:
    """Returns the positions of the passwords in a command and its arguments, by the flags of known programs."""
    words = [word.rpartition("/")[2] if isinstance(word, str) else "" for word in arguments]
    program = next((word for word in words if word in FLAGS), "")
    if program in LOGIN_PROGRAMS and "login" not in words:
        return set()
    found = set()
    for position, argument in enumerate(arguments):
        for flag in FLAGS.get(program, ()):
            if argument == flag and program not in GLUED_PROGRAMS:
                found.add(position + 1)
            elif isinstance(argument, str) and len(flag) == SHORT and argument.startswith(flag):
                found |= {position} if len(argument) > SHORT else set()
    return found


def _flag(programs: tuple[str, ...], flag: str) -> str:
    names = "|".join(programs)
    login = r"[ \t]+(?:registry[ \t]+)?login\b" if programs[0] in LOGIN_PROGRAMS else r"\b"
    blank = "" if programs[0] in GLUED_PROGRAMS else r"[ \t=]*"
    return rf"\b(?:{names}){login}{NO_END}{flag}{blank}{WORD}"


CALLED: Final = "|".join(name for names, _ in PROGRAMS for name in names)
SIGN: Final = (
    rf"\b(?:{CALLED}|openssl|smbclient|rpcclient|ssh-keygen|(?i:psexec(?:64)?(?:\.exe)?))\b"
    rf"{NO_END}-[apwNPU]|Credentials?\s*\(|DirectoryEntry\s*\("
)
"""Of a password behind the flag of a program: any of them, and any flag."""

COMMANDS: Final = (
    Rule(
        "command_option",
        r"(?i)(?:^|[\s\"'`(\[,=])--?((?:[a-z0-9]+[_.-])*[a-z0-9]*(?:pass|pwd|secret|token|key|auth|cred|jwt|cookie|otp)"
        r"[a-z0-9_.-]*)(?:=|[ \t]+(?:\\\r?\n[ \t]*)?|[\"'],[ \t]{0,3})" + WORD,
        (
            "deploy --password «hunter2» --force",
            "deploy --api-key=«9f8e7d6c5b4a»",
            "deploy --client-secret '«correct Horse 7»'",
            "keytool -storepass «Ch4ngeit» -list",
            "args: ['--token', '«3f9a8b7c6d5e»']",
            "deploy --password «correcthorse» --force",
            "deploy --api-key=«openthedoor»",
            "deploy --password \\\n  «correcthorse» --force",
        ),
        (
            "--password <password>",
            "--token string  the token to use",
            "--password-file /run/secrets/db1",
            "--password-stdin < file1",
            "--no-password db1",
            "--password prompts for one",
            "--max-tokens 4096",
            "use --password to give one",
            "--api-key API_KEY",
            "--password $DB_PASSWORD1",
        ),
        checks.is_option_value,
        is_keyed=True,
    ),
    Rule(
        "program_password",
        "|".join(_flag(programs, flag) for programs, flag in PROGRAMS)
        + r"|\bopenssl\b"
        + NO_END
        + r"-pass(?:in|out)?\s+pass:"
        + WORD
        + r"|\b(?:smbclient|rpcclient)\b"
        + NO_END
        + r"-U\s*[^\s%]+%"
        + WORD
        + r"|\bssh-keygen\b"
        + NO_END
        + r"-[NP]\s+"
        + WORD
        + r"|(?i:\bpsexec(?:64)?(?:\.exe)?\b)"
        + NO_END
        + r"-p[ \t]+"
        + WORD
        + r"|\b(?:Network|UsernamePassword|Password|PS|Basic|BasicAuth)Credentials?"
        r"\s{0,2}\(\s*\"[^\"\n]{3,60}\"\s*,\s*\"([^\"\n]{3,60})\"\s*\)"
        r"|DirectoryEntry\s{0,2}\(\s*\"[^\"\n]{3,99}\"\s*,\s*\"[^\"\n]{3,60}\"\s*,\s*\"([^\"\n]{3,60})\"",
        (
            "sshpass -p «hunter2» ssh ada@bastion",
            "mysql -h db -u root -p«hunter2» orders",
            "mysqldump -p'«hunter2»' orders",
            "docker login -u ada -p «hunter2» registry.internal",
            "redis-cli -h cache -a «hunter2» ping",
            "mongosh -u ada -p «hunter2» db",
            "sqlcmd -S db -U sa -P «Yukon900»",
            "ldapsearch -x -D cn=admin -w «hunter2» -b dc=x",
            "openssl rsa -in key.pem -passin pass:«hunter2»",
            "smbclient //host/share -U ada%«hunter2»",
            "7z a -p«hunter2» backup.7z notes",
            "ssh-keygen -t ed25519 -N «hunter2» -f id_ed25519",
            r"PsExec.exe \\host -u DOMAIN\ada -p «hunter2» cmd",
            'new NetworkCredential("ada", "«hunter2»")',
            'new DirectoryEntry("LDAP://dc", "ada", "«hunter2»");',
        ),
        (
            "docker run -p 8080:80 nginx",
            "docker\nlogin -p hunter2",
            "mysql -u root -p orders1",
            "ssh -p 2222 host1",
            "mkdir -p /tmp/a1",
            "mysql -p$PASSWORD1",
            'Credentials("name", "options")',
        ),
        checks.is_secret_value,
        sign=SIGN,
    ),
    Rule(
        "sql_password",
        r"(?i)\b(?:(?:with|role|user|login|alter|create|encrypted)\b[^\n;]*\bpassword\s*=?\s*"
        r"|identified\s+(?:with\s+[^\s;]+\s+)?(?:by|as)\s+(?:password\s+|values\s+)?"
        r"|set\s+password\s+(?:for\s+[^\s;]+\s*)?=\s*(?:password\s*\(\s*)?|\brequirepass\s+)"
        r"(?:N?'([^'\n]{3,})'|\"([^\"\n:,][^\"\n]{2,})\"|([^\s\"'`;,(){}<>\[\]]{4,}\d[^\s\"'`;,(){}<>\[\]]*))",
        (
            "CREATE ROLE app LOGIN WITH PASSWORD '«correct horse»';",
            "ALTER USER app ENCRYPTED PASSWORD '«correcthorse»'",
            "CREATE LOGIN app WITH PASSWORD = N'«correcthorse»'",
            "CREATE USER 'app'@'%' IDENTIFIED BY '«correcthorse»';",
            "ALTER USER app IDENTIFIED WITH mysql_native_password BY '«correcthorse»'",
            "CREATE USER app IDENTIFIED BY «Hunter22»;",
            "SET PASSWORD FOR 'app'@'%' = PASSWORD('«correcthorse»');",
            "requirepass «hunter2»",
        ),
        (
            "identified by the team in 2024",
            "users are identified by their id",
            "CREATE USER app IDENTIFIED BY '${DB_PASSWORD}'",
            'log: {"user":"ada","password":null,"role":"admin"}',
            'log: {"user":"ada","password":[],"role":"ad',
        ),
        checks.is_secret_value,
        sign=r"(?i)\bpassword|\bidentified\s+(?:with|by|as)\s|\brequirepass\s",
    ),
)
