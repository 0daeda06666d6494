// What DynamoDB does and dynalite 4.0 does not, each with its reason. `tests/functional/local/test_dynamodb_gaps.py` calls
// dynalite without these and tells when one of them is needed no more.
//
// dynalite's modules call each other through their exports, so a bridge replaces an export before it is first used.
"use strict";

const { randomUUID } = require("node:crypto");
const { refuse } = require("./permissions.js");

const PREFIX = "com.amazonaws.dynamodb.v20120810#";
const WRITES = ["putItem", "updateItem", "deleteItem"];
const READS = ["getItem", "batchGetItem", "query"];
const FIRST_EXPIRY_MS = 60_000;
const EXPIRY_EVERY_MS = 3_600_000;
const PAGE = 500;
const MAX_TRANSACTION = 100;

/** Replaces what is bridged inside of dynalite. Returns an object that has `store` once a server was made. */
function installBridges() {
  const db = require("dynalite/db");
  const opened = { store: null };
  const create = db.create;
  db.create = (options) => (opened.store = create(options));
  answerTheItemOfAFailedCondition(db);
  countTextsInBytes(db);
  for (const name of WRITES) writeItemAndIndexesTogether(name);
  for (const name of READS) readTablesOnceAndItemsTogether(name);
  for (const name of ["createTable", "deleteTable"]) forgetTables(name);
  return opened;
}

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

// ------------------------------------------------------------------ ReturnValuesOnConditionCheckFailure

/** Claims of events (ADR 18) read the item that made their condition fail from the answer; dynalite ignores the wish. */
function answerTheItemOfAFailedCondition(db) {
  for (const name of WRITES) {
    require(`dynalite/validations/${name}`).types.ReturnValuesOnConditionCheckFailure = {
      type: "String",
      enum: ["ALL_OLD", "NONE"],
    };
  }
  const check = db.checkConditional;
  db.checkConditional = (data, item) => {
    const error = check(data, item);
    if (error && item && data.ReturnValuesOnConditionCheckFailure === "ALL_OLD") error.body.Item = item;
    return error;
  };
}

// ------------------------------------------------------------------ the size of an item

/** An item may have 400 KB; dynalite counts the letters of a text, and not the bytes of its UTF-8. */
function countTextsInBytes(db) {
  const size = db.itemSize;
  db.itemSize = (item, ...options) => size(item, ...options) + bytesBeyondLetters(item);
}

function bytesBeyondLetters(value) {
  if (typeof value === "string") return Buffer.byteLength(value) - value.length;
  if (value === null || typeof value !== "object") return 0;
  return Object.entries(value).reduce(
    (sum, [name, inner]) => sum + bytesBeyondLetters(name) + bytesBeyondLetters(inner),
    0,
  );
}

// ------------------------------------------------------------------ writes that are whole after kill -9

/** dynalite writes an item and each of its index entries one after the other: killed between two, they differ for ever. */
function writeItemAndIndexesTogether(name) {
  replaceAction(name, (action) => {
    const whole = (store, data, done) => action(new WriteUnit(store).view(false), data, done);
    return Object.assign(whole, { plain: action });
  });
}

/** The writes of one item, or of one transaction, as one write of LevelDB. */
class WriteUnit {
  constructor(store) {
    this.store = store;
    this.operations = [];
  }

  /** The store as an action sees it; `isHeld`: its writes wait for `commit`, and locks are somebody else's. */
  view(isHeld) {
    const { store, operations } = this;
    const index = (prefix) => ({
      put: (key, value, done) => (operations.push({ type: "put", key: prefix + key, value }), done()),
      del: (key, done) => (operations.push({ type: "del", key: prefix + key }), done()),
    });
    const write = (operation, done) => {
      operations.push(operation);
      if (isHeld) return done();
      store.db.batch(operations.splice(0), done);
    };
    const item = (table) => {
      const real = store.getItemDb(table);
      const prefix = `item-${table}~`;
      return {
        lock: isHeld ? (_key, work) => work((done) => done) : real.lock,
        get: real.get,
        put: (key, value, done) => write({ type: "put", key: prefix + key, value }, done),
        del: (key, done) => write({ type: "del", key: prefix + key }, done),
      };
    };
    return Object.assign(viewOf(store), {
      getItemDb: item,
      getIndexDb: (type, table, name) => index(`index-${type.toLowerCase()}~${table}~${name}~`),
    });
  }

  commit() {
    return this.store.db.batch(this.operations);
  }
}

// ------------------------------------------------------------------ reads in a tenth of the time

/** dynalite reads the table's definition for each item of a batch, and each item by itself: 200 reads instead of one. */
function readTablesOnceAndItemsTogether(name) {
  replaceAction(name, (action) => (store, data, done) => {
    const view = viewOf(store);
    view.getItemDb = (table) => ({ ...store.getItemDb(table), get: together(store, table) });
    action(view, data, done);
  });
}

const GETS = new Map();

/** What is asked of a table in one turn of the event loop is read at once. */
function together(store, table) {
  if (!GETS.has(table)) GETS.set(table, getsOf(store, table));
  return GETS.get(table);
}

function getsOf(store, table) {
  const asked = [];
  const read = () => {
    const batch = asked.splice(0);
    store.db.getMany(batch.map(([key]) => `item-${table}~${key}`)).then(
      (items) => batch.forEach(([, done], at) => done(null, items[at])),
      (error) => batch.forEach(([, done]) => done(error)),
    );
  };
  return (key, done) => {
    if (asked.push([key, done]) === 1) setImmediate(read);
  };
}

const TABLES = new Map();

/** The store with the definitions of tables in memory: whole ones alone, until one is made, changed or deleted. */
function viewOf(store) {
  const getTable = (name, ...others) => {
    const done = others.pop();
    if (TABLES.has(name)) return done(null, TABLES.get(name));
    store.getTable(name, others[0] ?? true, (error, table) => {
      if (!error && table.TableStatus === "ACTIVE") TABLES.set(name, table);
      done(error, table);
    });
  };
  return Object.assign(Object.create(store), { getTable });
}

function forgetTables(name) {
  replaceAction(name, (action) => (store, data, done) => {
    TABLES.clear();
    action(store, data, done);
  });
}

// ------------------------------------------------------------------ operations that dynalite does not know

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

/** The template asks for backups. There are none on this machine, so it is noted alone. */
async function updateContinuousBackups(store, { TableName, PointInTimeRecoverySpecification }) {
  await tableOf(store, TableName);
  await store.db.put(settingKey("backups", TableName), PointInTimeRecoverySpecification);
  return describeContinuousBackups(store, { TableName });
}

async function describeContinuousBackups(store, { TableName }) {
  await tableOf(store, TableName);
  const kept = await store.db.get(settingKey("backups", TableName));
  const status = kept?.PointInTimeRecoveryEnabled ? "ENABLED" : "DISABLED";
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: "ENABLED",
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: status },
    },
  };
}

/** The audit table has a policy of its own. */
async function putResourcePolicy(store, { ResourceArn, Policy }) {
  const table = ResourceArn.split("/")[1];
  await tableOf(store, table);
  JSON.parse(Policy);
  await store.db.put(settingKey("policy", table), Policy);
  return { RevisionId: `${Date.now()}` };
}

async function getResourcePolicy(store, { ResourceArn }) {
  const Policy = await store.db.get(settingKey("policy", ResourceArn.split("/")[1]));
  if (Policy === undefined) throw failure("PolicyNotFoundException", `no policy of ${ResourceArn}`);
  return { Policy };
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
  TABLES.clear();
  return { TableDescription: table };
}

async function fillIndex(store, table) {
  const { updateIndexes } = require("dynalite/db");
  for await (const items of pagesOf(store, table.TableName)) {
    const unit = new WriteUnit(store);
    const view = unit.view(true);
    for (const item of items) await promised((done) => updateIndexes(view, table, null, item, done));
    await unit.commit();
  }
}

/** Writes of up to a hundred items, all or none. Their locks are taken in the order of their keys, so that none waits for ever. */
async function transactWriteItems(store, { TransactItems = [] }) {
  if (!TransactItems.length || TransactItems.length > MAX_TRANSACTION) {
    throw failure("ValidationException", `TransactItems must have 1 to ${MAX_TRANSACTION} members`);
  }
  const parts = await Promise.all(TransactItems.map((part) => transactionPart(store, part)));
  const name = (part) => `${part.data.TableName}/${part.key}`;
  const keys = parts.map(name);
  if (new Set(keys).size < keys.length) {
    const twice = "Transaction request cannot include multiple operations on one item";
    throw failure("ValidationException", twice);
  }
  const ordered = [...parts].sort((one, other) => (name(one) < name(other) ? -1 : 1));
  return locked(store, ordered, async () => {
    const unit = new WriteUnit(store);
    const view = unit.view(true);
    const reasons = [];
    for (const part of parts) reasons.push(await reasonOf(() => promised((done) => part.action(view, part.data, done))));
    if (reasons.some((reason) => reason.Code !== "None")) {
      const codes = reasons.map((reason) => reason.Code).join(", ");
      const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
      throw failure("TransactionCanceledException", message, { CancellationReasons: reasons });
    }
    await unit.commit();
    return {};
  });
}

async function transactionPart(store, part) {
  const db = require("dynalite/db");
  const [kind, data] = Object.entries(part)[0];
  const name = { Put: "putItem", Update: "updateItem", Delete: "deleteItem", ConditionCheck: "deleteItem" }[kind];
  const checked = validated(store, name, data);
  const table = await tableOf(store, data.TableName);
  const invalid = data.Item ? db.validateItem(data.Item, table) : db.validateKey(data.Key, table);
  if (invalid) throw invalid;
  const key = db.createKey(data.Item || data.Key, table);
  const action = kind === "ConditionCheck" ? checkAlone(key) : require(`dynalite/actions/${name}`).plain;
  return { data: checked, key, action };
}

function checkAlone(key) {
  return (store, data, done) => {
    const db = require("dynalite/db");
    store.getItemDb(data.TableName).get(key, (error, item) => done(error || db.checkConditional(data, item)));
  };
}

async function reasonOf(attempt) {
  try {
    await attempt();
    return { Code: "None" };
  } catch (error) {
    if (!error.body) throw error;
    const Code = error.body.__type.split("#")[1].replace("CheckFailedException", "CheckFailed");
    const { Item } = error.body;
    return { Code: Code.replace(/Exception$/, "Error"), Message: error.body.message, ...(Item && { Item }) };
  }
}

function locked(store, parts, work) {
  if (!parts.length) return work();
  const [{ data, key }, ...others] = parts;
  return promised((done) =>
    store.getItemDb(data.TableName).lock(key, (release) => {
      const released = release(done);
      locked(store, others, work).then((answer) => released(null, answer), released);
    }),
  );
}

function validated(store, action, data) {
  const { types, custom } = require(`dynalite/validations/${action}`);
  const validations = require("dynalite/validations");
  const checked = validations.checkTypes(data, types);
  validations.checkValidations(checked, types, custom, store);
  return checked;
}

/** The items of several keys as they are between two transactions. */
async function transactGetItems(store, { TransactItems = [] }) {
  const getItem = require("dynalite/actions/getItem");
  const gets = TransactItems.map(({ Get }) => validated(store, "getItem", { ...Get, ConsistentRead: true }));
  const answers = await Promise.all(gets.map((get) => promised((done) => getItem(store, get, done))));
  return { Responses: answers.map(({ Item }) => (Item ? { Item } : {})) };
}

const OPERATIONS = {
  UpdateTimeToLive: updateTimeToLive,
  DescribeTimeToLive: describeTimeToLive,
  UpdateContinuousBackups: updateContinuousBackups,
  DescribeContinuousBackups: describeContinuousBackups,
  PutResourcePolicy: putResourcePolicy,
  GetResourcePolicy: getResourcePolicy,
  UpdateTable: updateTable,
  TransactWriteItems: transactWriteItems,
  TransactGetItems: transactGetItems,
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

function replaceAction(name, change) {
  const path = require.resolve(`dynalite/actions/${name}`);
  const action = require(path);
  require.cache[path].exports = change(action);
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

module.exports = { installBridges, bridgedHandler, deleteExpired, replaceAction };
