// DynamoDB on this machine: dynalite on a port of loopback, its data in a folder, with the bridges of
// `bridges.js` and `operations.js`.
//
// `node server.js --port 4567 --path FOLDER [--bare]`; `--bare` leaves the bridges out, for the tests that tell when one
// is needed no more. An error that dynalite does not expect ends the process; the stack starts it again.
"use strict";

const { parseArgs } = require("node:util");
const { installBridges, replaceAction } = require("./bridges.js");
const { bridgedHandler } = require("./operations.js");
const { identified, installPermissions } = require("./permissions.js");

const LOOPBACK = "127.0.0.1";
// A client keeps its connection for longer than the five seconds that Node.js would.
const KEEP_ALIVE_MS = 120_000;
// What sysexits.h calls EX_DATAERR: the data are damaged, and another try will not help.
const DATA_ERROR = 65;

async function main() {
  const { values } = parseArgs({
    options: {
      port: { type: "string" },
      path: { type: "string" },
      bare: { type: "boolean", default: false },
    },
  });
  const opened = values.bare ? null : installBridges();
  if (opened) installPermissions(replaceAction);
  const dynalite = require("dynalite");
  const options = { path: values.path, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 };
  const server = dynalite(options);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  if (opened) {
    await open(opened.store.db, values.path);
    const [handler] = server.listeners("request");
    server.removeAllListeners("request");
    server.on("request", identified(bridgedHandler(opened.store, handler)));
  }
  for (const name of ["SIGTERM", "SIGINT"]) process.once(name, () => process.exit(0));
  server.listen(Number(values.port), LOOPBACK, () => {
    console.log(`URL=http://${LOOPBACK}:${server.address().port}`);
  });
}

/** Opens the data before anybody is told that the engine listens. dynalite itself says nothing until the first call. */
async function open(db, path) {
  try {
    await db.open();
  } catch (error) {
    console.error(`The tables in ${path} cannot be opened: ${error.cause?.message ?? error.message}`);
    process.exit(error.cause?.code === "LEVEL_CORRUPTION" ? DATA_ERROR : 1);
  }
}

main();
