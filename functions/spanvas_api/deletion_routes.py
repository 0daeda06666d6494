"""The calls that delete and hold an execution: a function of its own answers them."""

from __future__ import annotations

from typing import Final

from spanvas_api.route_schema import (
    ANY_TEXT,
    CURSOR_PARAMETER,
    EXECUTION_PARAMETER,
    TRACE_DELETE,
    TRACE_HOLD,
    Parameter,
    Route,
)

DELETION_ROUTES: Final = (
    Route(
        "DELETE",
        "/v1/executions/{execution_id}",
        "delete_execution",
        TRACE_DELETE,
        "Delete an execution",
        "Execution",
        parameters=(EXECUTION_PARAMETER,),
        errors=(400, 401, 403, 404, 409, 503),
        description="Deletes everything that people, models and tools wrote, in every copy: spans, previews, errors, "
        "names and files, also what is sent later. The answer is what is left: ids, times, tokens and cost, with "
        "`status` `deleted`. May be repeated: the first deletion is the one that is told. `deletion.is_complete` is "
        "false where copies are still being deleted, which goes on by itself. Recorded as an access first.",
    ),
    Route(
        "DELETE",
        "/v1/executions",
        "delete_executions",
        TRACE_DELETE,
        "Delete the executions of a session or a user",
        "DeleteExecutionsResponse",
        parameters=(
            Parameter(
                "session_id", "query", "The session or conversation, as its spans say it.", ANY_TEXT
            ),
            Parameter(
                "user_id",
                "query",
                "The user, as spans say it, or the subject of the token that started an execution.",
                ANY_TEXT,
            ),
            CURSOR_PARAMETER,
        ),
        errors=(400, 401, 403, 503),
        description="Either `session_id` or `user_id`. Goes through the history and deletes each execution of the "
        "session or the user, as `DELETE /v1/executions/{execution_id}` does. One call goes through a page: while "
        "`next_cursor` is set, call again with it. May be repeated, from the beginning too. Those that are held are "
        "left and named. Executions that begin later are not deleted.",
    ),
    Route(
        "POST",
        "/v1/executions/{execution_id}/hold",
        "hold_execution",
        TRACE_HOLD,
        "Hold an execution",
        "Execution",
        parameters=(EXECUTION_PARAMETER,),
        errors=(400, 401, 403, 404, 409, 413, 503),
        description="Held, an execution does not expire, and deleting it is answered by 409. May be repeated: the "
        "first hold is the one that is told. 409: it is deleted. Recorded as an access first.",
    ),
    Route(
        "DELETE",
        "/v1/executions/{execution_id}/hold",
        "release_execution",
        TRACE_HOLD,
        "Release an execution",
        "Execution",
        parameters=(EXECUTION_PARAMETER,),
        errors=(400, 401, 403, 404, 409, 503),
        description="It expires when it would have without the hold, which may be at once, and may be deleted. May be "
        "repeated. Recorded as an access first.",
    ),
)
