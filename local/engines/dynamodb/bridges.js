// What DynamoDB does and dynalite 4.0 does not, each with its reason. `tests/functional/local/test_dynamodb_gaps.py` calls
// dynalite without these and tells when one of them is needed no more.
//
// dynalite's modules call each other through their exports, so a bridge replaces an export before it is first used.
"use strict";

const WRITES = ["putItem", "updateItem", "deleteItem"];
const READS = ["getItem", "batchGetItem", "query"];

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
    return (store, data, done) => action(new WriteUnit(store).view(), data, done);
  });
}

/** The writes of one item and of its index entries, as one write of LevelDB. */
class WriteUnit {
  constructor(store) {
    this.store = store;
    this.operations = [];
  }

  /** The store as an action sees it: entries of indexes are written with the item that they are of. */
  view() {
    const { store, operations } = this;
    const index = (prefix) => ({
      put: (key, value, done) => (operations.push({ type: "put", key: prefix + key, value }), done()),
      del: (key, done) => (operations.push({ type: "del", key: prefix + key }), done()),
    });
    const write = (operation, done) => {
      operations.push(operation);
      store.db.batch(operations.splice(0), done);
    };
    const item = (table) => {
      const real = store.getItemDb(table);
      const prefix = `item-${table}~`;
      return {
        lock: real.lock,
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

  /** Writes entries of indexes that belong to no item that is written. */
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

function replaceAction(name, change) {
  const path = require.resolve(`dynalite/actions/${name}`);
  const action = require(path);
  require.cache[path].exports = change(action);
}

module.exports = { forgetAll: () => TABLES.clear(), installBridges, replaceAction, WriteUnit };
