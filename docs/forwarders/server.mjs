// A forwarder as an HTTP endpoint: Node 20, no dependencies.
import { createServer } from "node:http";

const env = process.env;
const JOURNEYS = new Map(Object.entries(JSON.parse(env.AUTOPILOT_JOURNEYS ?? "{}")));
const NAMES = { firstName: "FirstName", first_name: "FirstName" };
Object.assign(NAMES, { lastName: "LastName", last_name: "LastName" });

async function deliver(message) {
  const { AutopilotHQ: own, All: all } = message.integrations ?? {};
  const on = own === true || (own && typeof own === "object") || all !== false;
  if (!["identify", "track"].includes(message.type) || own === false || !on)
    return { status: 200 }; // not for Autopilot, which is no failure
  if (message.type === "identify")
    return post("contact", { contact: contact(message, message.traits ?? {}) });
  const { email, _NewEmail, ...property } = message.properties ?? {};
  const trigger = JOURNEYS.get(message.event) || env.AUTOPILOT_DEFAULT_TRIGGER;
  const body = { contact: contact(message, { email, _NewEmail }), property };
  return post(`trigger/${trigger}/contact`, body);
}

function contact(message, { email, _NewEmail, ...traits }) {
  const found = {
    Email: text(email) || text(message.context?.traits?.email),
    user_id: text(message.userId),
    _NewEmail: text(_NewEmail),
    custom: {},
  };
  for (const [name, value] of Object.entries(traits)) {
    if (value === null) continue; // null must not erase
    const number = Number.isInteger(value) ? "integer" : "float";
    const type = { boolean: "boolean", number }[typeof value] ?? "string";
    const plain = typeof value === "object" ? JSON.stringify(value) : value;
    if (Object.hasOwn(NAMES, name) && type === "string") found[NAMES[name]] = plain;
    else found.custom[`${type}--${name.replace(/\s/g, "--")}`] = plain;
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

function text(value) {
  return ["string", "number"].includes(typeof value) ? String(value).trim() || undefined : undefined;
}

async function post(path, body, tries = 3) {
  const headers = { autopilotapikey: env.AUTOPILOT_API_KEY, "Content-Type": "application/json" };
  let result;
  try {
    const options = { method: "POST", headers, body: JSON.stringify(body) };
    const answer = await fetch(env.AUTOPILOT_BASE_URL + path, options);
    const said = await answer.text();
    result = { status: answer.status, message: said };
    result.message = JSON.parse(said).message;
  } catch (error) {
    result ??= { status: 503, message: String(error) };
  }
  const passing = result.status === 429 || result.status >= 500;
  return passing && tries > 1 ? post(path, body, tries - 1) : result;
}

const server = createServer(async (request, response) => {
  const chunks = await request.toArray();
  const result = await deliver(JSON.parse(Buffer.concat(chunks).toString()));
  response.writeHead(result.status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(result));
});
server.listen(Number(env.PORT ?? 0), "127.0.0.1", () => console.log(server.address().port));
