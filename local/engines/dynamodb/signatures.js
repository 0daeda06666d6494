// Verifies AWS Signature Version 4 in headers, as DynamoDB does; dynalite looks whether there is one.
// Source: AWS General Reference, "Create a signed AWS API request".
"use strict";

const { createHash, createHmac, timingSafeEqual } = require("node:crypto");

const WINDOW_MS = 15 * 60_000;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 +Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/([^/,]+)\/aws4_request, *SignedHeaders=([^, ]+), *Signature=([0-9a-f]{64})$/;
const MISMATCH =
  "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key " +
  "and signing method. Consult the service documentation for details.";

/** What an Authorization header says, or null for one that is not of this kind. */
function signatureOf(headers) {
  const found = AUTHORIZATION.exec(headers.authorization || "");
  if (!found) return null;
  const [, key, day, region, service, names, value] = found;
  return { key, day, region, service, names: names.split(";"), value };
}

/** Why a request is refused, in DynamoDB's words, or "". `signingKey` is of the signature's day, region and service. */
function mismatch(request, body, signature, signingKey, now = Date.now()) {
  const stamp = request.headers["x-amz-date"] || "";
  const time = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (!(Math.abs(now - time) <= WINDOW_MS)) return `Signature expired: ${stamp} is not within 15 minutes of now`;
  if (signature.service !== "dynamodb") return "Credential should be scoped to correct service: 'dynamodb'.";
  if (!stamp.startsWith(signature.day) || !signature.names.includes("host")) return MISMATCH;
  const scope = [signature.day, signature.region, signature.service, "aws4_request"].join("/");
  const text = ["AWS4-HMAC-SHA256", stamp, scope, sha256(canonical(request, body, signature.names))].join("\n");
  const expected = createHmac("sha256", signingKey).update(text).digest();
  return timingSafeEqual(expected, Buffer.from(signature.value, "hex")) ? "" : MISMATCH;
}

function canonical(request, body, names) {
  const [path, query = ""] = request.url.split("?");
  const lines = names.map((name) => `${name}:${(request.headers[name] ?? "").trim().replace(/ +/g, " ")}\n`);
  const parameters = query.split("&").sort().join("&");
  return [request.method, path, parameters, lines.join(""), names.join(";"), sha256(body)].join("\n");
}

function sha256(content) {
  return createHash("sha256").update(content).digest("hex");
}

module.exports = { mismatch, signatureOf };
