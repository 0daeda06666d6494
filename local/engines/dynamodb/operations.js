// Operations of DynamoDB that dynalite 4.0 does not know and the template needs: the time to live of a table's items, and
// indexes that are added to a table later.
"use strict";

const { randomUUID } = require("node:crypto");
const { forgetAll, WriteUnit } = require("./bridges.js");
const { refuse } = require("./permissions.js");

const PREFIX = "com.amazonaws.dynamodb.v20120810#";
const FIRST_EXPIRY_MS = 60_000;
const EXPIRY_EVERY_MS = 3_600_000;
const PAGE = 500;

/** Answers the operations that dynalite does not know, and leaves all others to `handler`. */
function bridgedHandler(store, handler) {
  const expire = () => deleteExpired(store).catch((error) => console.error(error));
  setTimeout(expire, FIRST_EXPIRY_MS).unref();
  setInterval(expire, EXPIRY_EVERY_MS).unref();
  return (request, response) => {
    const name = (request.headers["x-amz-target"] || "").split(".")[1];
    if (!OPERATIONS[name]) return handler(request, response);
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => answer(name, store, Buffer.concat(chunks), response));
  };
}

async function answer(name, store, body, response) {
  const operation = OPERATIONS[name];
  try {
    const data = JSON.parse(body);
    const refused = refuse(name, data);
    if (refused) throw refused;
    send(response, 200, await operation(store, data));
  } catch (error) {
    if (!error.body) console.error(error);
    const unknown = { __type: `${PREFIX}InternalServerError`, message: String(error) };
    send(response, error.statusCode || 500, error.body || unknown);
  }
}

/** Sets and tells the attribute of a table by which its items expire; `deleteExpired` carries it out. */
async function updateTimeToLive(store, { TableName, TimeToLiveSpecification }) {
  await tableOf(store, TableName);
  await store.db.put(settingKey("ttl", TableName), TimeToLiveSpecification);
  return { TimeToLiveSpecification };
}

async function describeTimeToLive(store, { TableName }) {
  await tableOf(store, TableName);
  const kept = await store.db.get(settingKey("ttl", TableName));
  if (!kept?.Enabled) return { TimeToLiveDescription: { TimeToLiveStatus: "DISABLED" } };
  const { AttributeName } = kept;
  return { TimeToLiveDescription: { AttributeName, TimeToLiveStatus: "ENABLED" } };
}

/**
 * Indexes that a newer template adds to a table that is kept from before, and those that it takes away. dynalite
 * changes throughput alone, which this machine does not have.
 */
async function updateTable(store, { TableName, AttributeDefinitions = [], GlobalSecondaryIndexUpdates = [] }) {
  const table = await tableOf(store, TableName);
  const indexes = new Map((table.GlobalSecondaryIndexes || []).map((index) => [index.IndexName, index]));
  const known = new Map(table.AttributeDefinitions.map((each) => [each.AttributeName, each]));
  for (const each of AttributeDefinitions) known.set(each.AttributeName, each);
  table.AttributeDefinitions = [...known.values()];
  for (const { Create, Delete } of GlobalSecondaryIndexUpdates) {
    if (Delete) {
      const { IndexName } = Delete;
      if (!indexes.delete(IndexName)) throw failure("ResourceNotFoundException", `no index ${IndexName}`);
      await promised((done) => store.deleteIndexDb("Global", TableName, IndexName, done));
    }
    if (Create) {
      if (indexes.has(Create.IndexName)) throw failure("ValidationException", `${Create.IndexName} is there`);
      indexes.set(Create.IndexName, { ...Create, IndexStatus: "ACTIVE", IndexSizeBytes: 0, ItemCount: 0 });
      await fillIndex(store, { ...table, GlobalSecondaryIndexes: [Create] });
    }
  }
  table.GlobalSecondaryIndexes = [...indexes.values()];
  if (!indexes.size) delete table.GlobalSecondaryIndexes;
  await store.db.put(`table~${TableName}`, table);
  forgetAll();
  return { TableDescription: table };
}

async function fillIndex(store, table) {
  const { updateIndexes } = require("dynalite/db");
  for await (const items of pagesOf(store, table.TableName)) {
    const unit = new WriteUnit(store);
    const view = unit.view();
    for (const item of items) await promised((done) => updateIndexes(view, table, null, item, done));
    await unit.commit();
  }
}

const OPERATIONS = {
  UpdateTimeToLive: updateTimeToLive,
  DescribeTimeToLive: describeTimeToLive,
  UpdateTable: updateTable,
};

// ------------------------------------------------------------------ items that have expired

/** DynamoDB deletes within some days what has expired; here it is looked for at the start and every hour. */
async function deleteExpired(store, now = Date.now()) {
  const deleteItem = promisifiedDelete(store);
  for await (const [key, { AttributeName, Enabled }] of store.db.iterator(range("spanvas-ttl~"))) {
    if (!Enabled) continue;
    const TableName = key.slice("spanvas-ttl~".length);
    const table = await tableOf(store, TableName);
    const names = table.KeySchema.map((each) => each.AttributeName);
    for await (const items of pagesOf(store, TableName)) {
      const expired = items.filter((item) => Number(item[AttributeName]?.N) * 1000 < now);
      for (const item of expired) {
        const Key = Object.fromEntries(names.map((name) => [name, item[name]]));
        await deleteItem({ TableName, Key });
      }
    }
  }
}

function promisifiedDelete(store) {
  const action = require("dynalite/actions/deleteItem");
  return (data) => promised((done) => action(store, data, done));
}

// ------------------------------------------------------------------ what several bridges need

async function* pagesOf(store, table) {
  const iterator = store.db.values(range(`item-${table}~`));
  try {
    for (let items = await iterator.nextv(PAGE); items.length; items = await iterator.nextv(PAGE)) yield items;
  } finally {
    await iterator.close();
  }
}

function range(prefix) {
  return { gte: prefix, lt: `${prefix}\xFF` };
}

function settingKey(name, table) {
  return `spanvas-${name}~${table}`;
}

function tableOf(store, name) {
  return promised((done) => store.getTable(name, false, done));
}

function failure(type, message, more = {}) {
  const body = { __type: `${PREFIX}${type}`, message, ...more };
  return Object.assign(new Error(message), { statusCode: 400, body });
}

function promised(call) {
  return new Promise((resolve, reject) => call((error, value) => (error ? reject(error) : resolve(value))));
}

function send(response, status, document) {
  const body = JSON.stringify(document);
  response.writeHead(status, {
    "content-type": "application/x-amz-json-1.0",
    "content-length": Buffer.byteLength(body),
    "x-amzn-requestid": randomUUID(),
  });
  response.end(body);
}

module.exports = { bridgedHandler, deleteExpired };
