// Decides requests by their signature and the policies of whoever signed them, as IAM does; dynalite asks nobody. The
// engine of IAM knows who has an access key, and is asked once a day for each.
"use strict";

const { EventEmitter } = require("node:events");
const { readdirSync } = require("node:fs");
const { dirname } = require("node:path");
const { mismatch, signatureOf } = require("./signatures.js");

const IAM = process.env.AWS_ENDPOINT_URL_IAM;
const { AWS_REGION: REGION, AWS_ACCOUNT_ID: ACCOUNT, AWS_SECRET_ACCESS_KEY: SECRET } = process.env;
const SERVICE = "com.amazon.coral.service#";
/** The partition key of every table of the template. */
const PARTITION_KEY = "pk";
const UNKNOWN = "The security token included in the request is invalid.";

/** Promises of what `principalOf` found, by access key, day and region. */
const known = new Map();
/** Whose request is being handled, until its action begins. */
let current = null;

/** Makes dynalite's actions refuse what the policies do not allow; nothing where no engine has IAM. */
function installPermissions(replaceAction) {
  if (!IAM) return;
  for (const file of readdirSync(dirname(require.resolve("dynalite/actions/getItem")))) {
    const name = file.replace(/\.js$/, "");
    replaceAction(name, (action) => (store, data, done) => {
      const refused = refuse(`${name[0].toUpperCase()}${name.slice(1)}`, data);
      return refused ? done(refused) : action(store, data, done);
    });
  }
}

/** Hands a request to `handler` when it is known who sends it, and that it comes as it was signed. */
function identified(handler) {
  if (!IAM) return handler;
  return async (request, response) => {
    if (request.method !== "POST") return handler(request, response); // the engine says whether it is well
    let body, sender;
    try {
      body = await bodyOf(request);
      sender = await senderOf(request, body);
    } catch (error) {
      return refused(response, 503, "ServiceUnavailable", `IAM does not answer: ${error.message}`);
    }
    if (sender.refusal) return refused(response, 400, ...sender.refusal);
    current = sender.principal;
    handOn(request, body, response, handler);
    current = null;
  };
}

/** Whose request it is, or type and message of the error that answers it. */
async function senderOf(request, body) {
  const signature = signatureOf(request.headers);
  if (!signature) return { refusal: ["MissingAuthenticationTokenException", "Missing Authentication Token"] };
  const principal = await principalOf(signature);
  const token = request.headers["x-amz-security-token"] || "";
  if (!principal || (principal.token || "") !== token) return { refusal: ["UnrecognizedClientException", UNKNOWN] };
  if (principal.expires && principal.expires * 1000 < Date.now()) {
    return { refusal: ["ExpiredTokenException", "The security token included in the request is expired"] };
  }
  const wrong = mismatch(request, body, signature, Buffer.from(principal.signing_key, "hex"));
  return wrong ? { refusal: ["InvalidSignatureException", wrong] } : { principal };
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Calls `handler` as if the body came now, all of it in this moment. */
function handOn({ method, url, headers }, body, response, handler) {
  const replayed = Object.assign(new EventEmitter(), { method, url, headers });
  handler(replayed, response);
  replayed.emit("data", body);
  replayed.emit("end");
}

function principalOf({ key, day, region }) {
  const id = `${key}/${day}/${region}`;
  if (!known.has(id)) {
    const url = `${IAM}/_spanvas/principals/${encodeURIComponent(key)}?day=${day}&region=${encodeURIComponent(region)}`;
    const asked = read(url);
    asked.then((found) => found || known.delete(id), () => known.delete(id));
    known.set(id, asked);
  }
  return known.get(id);
}

/** The JSON at an address of loopback; null where there is nothing. */
async function read(url) {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${SECRET}` } });
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
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
