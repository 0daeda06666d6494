"""The re-scan: applies today's rules of redaction to what was stored by earlier ones. See docs/adr/0040."""
