"""Which attributes are free text of machines and which are identifiers."""

from __future__ import annotations

from typing import Final

from spanvas import attributes as names

FREE_TEXT_NAMES: Final = frozenset(
    {
        names.EXCEPTION_MESSAGE,
        names.EXCEPTION_STACKTRACE,
        names.URL_FULL,
        names.URL_QUERY,
        names.URL_PATH,
        names.HTTP_URL_OLD,
        names.HTTP_TARGET_OLD,
        names.DB_QUERY_TEXT,
        names.DB_STATEMENT_OLD,
        names.PROCESS_COMMAND_LINE,
        names.PROCESS_COMMAND_ARGS,
    }
)
"""Written by machines, but about people's values: dropped with the content where nothing can be scanned."""

IDENTIFIERS: Final = frozenset(
    {
        names.KIND,
        names.EXECUTION_ID,
        names.TENANT,
        names.WORKFLOW_ID,
        names.WORKFLOW_VERSION,
        names.WORKFLOW_EXPECTED_NODES,
        names.NODE_ID,
        names.NODE_KIND,
        names.REDACTION,
        names.FAAS_INVOCATION_ID,
        names.FAAS_INSTANCE,
        names.CLOUD_RESOURCE_ID,
        names.CLOUD_ACCOUNT_ID,
        names.CLOUD_REGION,
        names.LOG_GROUP_NAMES,
        names.LOG_STREAM_NAMES,
    }
)
"""Ids that other records refer to: an id may look like an address or a number, and stays what it is."""
