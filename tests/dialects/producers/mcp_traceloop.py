"""A client and a server of the Model Context Protocol under OpenLLMetry's instrumentation, two processes."""

import asyncio
import os
import sys

import story
from opentelemetry.instrumentation.mcp import McpInstrumentor

provider = story.provider()
McpInstrumentor().instrument(tracer_provider=provider)


def serve():
    from mcp.server.fastmcp import FastMCP

    server = FastMCP("parcels")

    @server.tool()
    def lookup_parcel(parcel_id: str) -> str:
        """Where a parcel is."""
        return story.looked_up(parcel_id)

    server.run()


async def talk():
    from mcp import ClientSession, StdioServerParameters, stdio_client

    command = StdioServerParameters(
        command=sys.executable, args=[__file__, "serve"], env={**os.environ}
    )
    async with stdio_client(command) as streams, ClientSession(*streams) as session:
        await session.initialize()
        await session.list_tools()
        for parcel_id in ("4711", "nope"):
            await session.call_tool("lookup_parcel", {"parcel_id": parcel_id})


if sys.argv[1:] == ["serve"]:
    serve()
else:
    story.desk(lambda: asyncio.run(talk()))
provider.force_flush()
