// Decides requests by the policies of whoever signed them, as IAM does; dynalite asks nobody. The engine of IAM knows
// who has an access key, and is asked once for each. Signatures are not checked.
"use strict";

const http = require("node:http");

const IAM = process.env.AWS_ENDPOINT_URL_IAM;
const { AWS_REGION: REGION, AWS_ACCOUNT_ID: ACCOUNT } = process.env;
const SERVICE = "com.amazon.coral.service#";
/** The partition key of every table of the template. */
const PARTITION_KEY = "pk";
const ACTIONS = [
  "batchGetItem", "batchWriteItem", "createTable", "deleteItem", "deleteTable", "describeTable", "getItem", "listTables",
  "putItem", "query", "scan", "updateItem", "updateTable",
]; // prettier-ignore

/** Promises of what `principalOf` found, by access key. */
const known = new Map();
/** Whose request is being handled, from the end of its body until its action begins. */
let current = null;

/** Makes dynalite's actions refuse what the policies do not allow; nothing where no engine has IAM. */
function installPermissions(replaceAction) {
  if (!IAM) return;
  for (const name of ACTIONS) {
    replaceAction(name, (action) => (store, data, done) => {
      const refused = refuse(`${name[0].toUpperCase()}${name.slice(1)}`, data);
      return refused ? done(refused) : action(store, data, done);
    });
  }
}

/** Hands a request to `handler` when it is known who sends it. */
function identified(handler) {
  if (!IAM) return handler;
  return async (request, response) => {
    const [, key] = /Credential=([^/,]+)\//.exec(request.headers.authorization || "") || [];
    let principal = null;
    try {
      principal = key ? await principalOf(key) : null;
    } catch (error) {
      return refused(response, 503, "ServiceUnavailable", `IAM does not answer: ${error.message}`);
    }
    if (key && !principal) {
      const message = "The security token included in the request is invalid.";
      return refused(response, 400, "UnrecognizedClientException", message);
    }
    request.once("end", () => (current = principal));
    handler(request, response);
    request.once("end", () => (current = null));
  };
}

function principalOf(key) {
  if (!known.has(key)) {
    const asked = read(`${IAM}/_spanvas/principals/${encodeURIComponent(key)}`);
    asked.then((found) => found || known.delete(key), () => known.delete(key));
    known.set(key, asked);
  }
  return known.get(key);
}

/** The JSON at an address of loopback; null where there is nothing. */
function read(url) {
  return new Promise((resolve, reject) => {
    const asked = http.get(url, async (answer) => {
      let text = "";
      for await (const chunk of answer.setEncoding("utf8")) text += chunk;
      if (answer.statusCode === 404) resolve(null);
      else if (answer.statusCode === 200) resolve(JSON.parse(text));
      else reject(new Error(`status ${answer.statusCode}`));
    });
    asked.on("error", reject);
  });
}

/** The error of a request that the policies of its sender do not allow, or null. */
function refuse(operation, data) {
  const principal = current;
  current = null; // what an action calls is not asked again
  if (!principal || principal.is_root) return null;
  for (const { resource, context } of asked(data)) {
    const request = { action: `dynamodb:${operation}`, resource, context: { ...principal.keys, ...context } };
    const effects = principal.statements.filter((one) => applies(one, request)).map((one) => one.effect);
    if (effects.includes("Allow") && !effects.includes("Deny")) continue;
    const message = `User: ${principal.arn} is not authorized to perform: ${request.action} on resource: ${resource}`;
    const body = { __type: `${SERVICE}AccessDeniedException`, Message: message };
    return Object.assign(new Error(message), { statusCode: 400, body });
  }
  return null;
}

/** The resources of a request, each with the condition keys that DynamoDB gives to IAM. */
function asked(data) {
  const tables = data.RequestItems ? Object.entries(data.RequestItems) : [[data.TableName || "*", data]];
  return tables.map(([table, wanted]) => {
    const arn = table.startsWith("arn:") ? table : `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${table}`;
    const items = Array.isArray(wanted) ? wanted.map((one) => one.PutRequest || one.DeleteRequest) : wanted.Keys || [wanted];
    const keys = items.map((one) => (one.Item || one.Key || one)[PARTITION_KEY]?.S).filter((key) => key !== undefined);
    const context = { "dynamodb:leadingkeys": keys };
    if (data.ReturnValues) context["dynamodb:returnvalues"] = [data.ReturnValues];
    return { resource: data.IndexName ? `${arn}/index/${data.IndexName}` : arn, context };
  });
}

function applies(statement, { action, resource, context }) {
  const some = (patterns, text) => patterns.some((pattern) => isLike(text, pattern, context));
  const lower = (patterns) => patterns.map((pattern) => pattern.toLowerCase());
  return (
    (statement.actions.length
      ? some(lower(statement.actions), action.toLowerCase())
      : !some(lower(statement.not_actions), action.toLowerCase())) &&
    (statement.resources.length ? some(statement.resources, resource) : !some(statement.not_resources, resource)) &&
    Object.entries(statement.conditions).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => holds(operator, context[key.toLowerCase()], [values].flat(), context)),
    )
  );
}

const OPERATORS = {
  StringEquals: (text, value) => text === value,
  StringLike: (text, value, context) => isLike(text, value, context),
};

function holds(operator, found, values, context) {
  const present = [found ?? []].flat().map(String);
  if (operator === "Null") return String(values[0]).toLowerCase() === String(!present.length);
  const [quantifier, name] = operator.includes(":") ? operator.split(":") : ["", operator];
  const compare = OPERATORS[name.replace(/IfExists$/, "")];
  if (!compare) throw new Error(`a condition with ${operator} is not understood`);
  if (!present.length) return name.endsWith("IfExists") || quantifier === "ForAllValues";
  const matches = (text) => values.some((value) => compare(text, String(value), context));
  return quantifier === "ForAllValues" ? present.every(matches) : present.some(matches);
}

/** Whether a text fits a pattern with wildcards and variables; a variable without a value fits nothing. */
function isLike(text, pattern, context) {
  let isKnown = true;
  const expression = pattern.split(/(\$\{[^}]+\})/).map((part) => {
    const variable = /^\$\{(.+)\}$/.exec(part);
    if (!variable) return escaped(part).replace(/\\\*/g, ".*").replace(/\\\?/g, ".");
    const value = context[variable[1].toLowerCase()];
    isKnown &&= value !== undefined;
    return escaped(String(value));
  });
  return isKnown && new RegExp(`^${expression.join("")}$`, "s").test(text);
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function refused(response, status, type, message) {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
  response.end(JSON.stringify({ __type: SERVICE + type, message }));
}

module.exports = { identified, installPermissions, refuse };
