"""Passwords, one-time codes and recovery phrases as people write them, in the languages that most do."""

from __future__ import annotations

import re
from typing import Final

from spanvas.privacy.rules import rule as checks
from spanvas.privacy.rules.rule import Rule

LATIN: Final = (
    r"(?i:\b(?:passwort|kennwort|mot de passe|mdp|contrase(?:n|ñ)a|clave de acceso|senha|palavra[- ]passe"
    r"|parola d.ordine|wachtwoord|l(?:ö|o)senord|adgangskode|passord|salasana|has(?:ł|l)o|heslo|jelsz(?:ó|o)"
    r"|parol(?:ă|a|e)|lozinka|sifre|kata sandi))"
)
OTHERS: Final = (
    "(?:[Пп]арол[ьяю]|ПАРОЛЬ|[Κκ]ωδικός|[Şş]ifre(?:si)?|[Mm]ật khẩu|รหัสผ่าน|पासवर्ड|סיסמה|סיסמא"
    "|كلمة المرور|كلمة السر|رمز عبور"
    "|密码|密碼|口令|パスワード|暗証番号|비밀번호)"
)
"""Letters in two cases where they have them: without regard to case the set would be half as large again."""
IS: Final = r"(?:ist|lautet|est|es|è|é|jest|je|is|är|er|on|это|είναι|は|는|은|是|为|：|:|=|->|→)"  # noqa: RUF001 - the colon of Chinese
BETWEEN: Final = r"[\"'`]{0,2}[ \t]{0,2}" + IS + r"\s{0,2}[\"'`]{0,2}"
WORDS_AFTER: Final = frozenset(
    {"falsch", "abgelaufen", "erforderlich", "incorrect", "expiré", "requis", "incorrecta", "obligatoria", "inválida",
    "verlopen", "vergessen", "geändert", "oublié", "olvidada", "неверный", "必填"}
)  # fmt: skip

CODE_WORDS: Final = (
    r"(?:verification|security|confirmation|authentication|one[- ]time|login|log-in|sign[- ]in|access|activation|2fa"
    r"|mfa|sms|auth|best[äa]tigungs|verifizierungs|sicherheits|v[ée]rification|verificaci[óo]n|confirmaci[óo]n|verifica"
    r"|verifica[çc][ãa]o|verificatie)"
)
SEED_WORDS: Final = r"(?:[a-z]{3,8}[ ,\n]{1,2}){11,23}[a-z]{3,8}"


def is_password_word(text: str) -> bool:
    """Returns whether what follows a word for password is one: not a remark about it."""
    return text.lower().rstrip(".,!") not in WORDS_AFTER and checks.is_secret_value(text)


def is_one_time_code(text: str) -> bool:
    """Returns whether a text is a code that was sent to somebody: it has digits, and is no year."""
    digits = sum(map(str.isdigit, text))
    return digits >= 4 and not re.fullmatch(r"(?:19|20)\d\d", text)


LANGUAGES: Final = (
    Rule(
        "password_in_other_languages",
        r"(?:" + LATIN + r"|" + OTHERS + r")" + BETWEEN + r"([^\s\"'`,;<>]{4,})",
        (
            "Passwort: «sommer»",
            "Das Kennwort lautet «Sommer2024»",
            "mot de passe : «soleil»",
            "contraseña: «verano1»",
            "la contraseña es «verano1»",
            "senha=«verao22»",
            "wachtwoord: «zomer12»",
            "hasło: «lato2024»",
            "пароль: «leto2024»",
            "密码：«abc12345»",  # noqa: RUF001 - as it is written
            "パスワードは«natsu123»",
            "şifre: «yaz12345»",
            '{"note": "Passwort: «sommer»"}',
        ),
        (
            "Passwort vergessen?",
            "mot de passe oublié",
            "Passwort ist falsch",
            "Passwort: ${PASSWORT}",
        ),
        is_password_word,
    ),
    Rule(
        "one_time_code",
        r"(?i)\b" + CODE_WORDS + r"[ -]?(?:pass)?(?:code|codes|pin|kode|c[óo]digo|codice|otp)\b"
        r"(?:\s+(?:for|f[üu]r|pour|para|per|to)\s+[\w .-]{1,30}?)?(?:\s+(?:is|ist|est|es|è|é|lautet|was))?\s{0,2}"
        r"[:=]?\s{0,2}[\"'`«]?((?:[A-Z]{1,2}-)?\d{3}[ -]?\d{1,5}|[A-Z0-9]{6,8})\b"
        r"|(?i)\b(?:c[óo]digo|code|codice) de (?:v[ée]rification|verificaci[óo]n|confirmaci[óo]n|seguridad"
        r"|s[ée]curit[ée]|acceso)"
        r"\s*(?:est|es|è|:)?\s*:?\s*(\d{3}[ -]?\d{1,5})\b"
        r"|(?i)\b(?:use|enter|gib|utilisez|usa)\s+(?:code\s+)?(\d{4,8})\s+(?:to (?:verify|log|sign|confirm)|as your)"
        r"|\b(?:G-)?(\d{4,8}) (?:is|ist|est|es) (?:your|Ihr|dein|votre|tu|su) (?:[\w.'-]+ ){0,4}"
        r"(?:[Vv]erification |[Ss]ecurity |[Cc]onfirmation |[Ll]ogin |[Oo]ne-time )?"
        r"(?:code|passcode|PIN|OTP|Code|código)\b"
        r"|(?i)\botp\s*(?:is|:|=)\s*(\d{4,8})\b",
        (
            "Your verification code is «482913»",
            "«482913» is your Acme code",
            "«482913» is your verification code",
            "Your Acme security code: «482 913»",
            "código de verificación: «482913»",
            "Use «482913» to verify your account",
            "OTP: «482913»",
        ),
        (
            "security code scanning",
            "the code is 482913",
            "error code 500123",
            "exit code: 1374",
            "verification code 2026",
            "access code path",
        ),
        is_one_time_code,
    ),
    Rule(
        "recovery_phrase",
        r"(?i)\b(?:seed|recovery|mnemonic|backup|secret recovery|wallet)\s?(?:phrase|words|seed|mnemonic)?\b"
        r"[\"'` ]{0,3}"
        r"(?:is|:|=|->)\s{0,3}[\"'`]{0,2}(" + SEED_WORDS + r")\b",
        (
            "seed phrase: «legal winner thank year wave sausage worth useful legal winner thank yellow»",
            'mnemonic = "«legal winner thank year wave sausage worth useful legal winner thank yellow»"',
        ),
        ("recovery: we will try again in the morning", "the seed is random"),
    ),
)
