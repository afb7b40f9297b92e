// A forwarder as an HTTP endpoint: Node 20, no dependencies.
import { createServer } from "node:http";

const { AUTOPILOT_BASE_URL: base, AUTOPILOT_API_KEY: autopilotapikey, PORT = 0 } = process.env;
const JOURNEYS = new Map(Object.entries(JSON.parse(process.env.AUTOPILOT_JOURNEYS)));
const FIELDS = new Map([["firstname", "FirstName"], ["lastname", "LastName"]]);

// What can identify: text that is not blank.
const text = (value) => (typeof value === "string" && value.trim() ? value : undefined);

async function deliver({ type, event, userId, traits, properties, context, integrations }) {
  const { All: all, AutopilotHQ: own } = integrations ?? {};
  if (!["identify", "track"].includes(type) || (own ?? all) === false)
    return { status: 200 }; // not for Autopilot, which is no failure
  const { email, _NewEmail, ...given } = (type === "track" ? properties : traits) ?? {};
  const contact = {
    Email: text(email) ?? text(context?.traits?.email),
    user_id: typeof userId === "number" ? userId : text(userId),
    _NewEmail: text(_NewEmail),
  };
  if (type === "track") {
    const trigger = JOURNEYS.get(event) ?? process.env.AUTOPILOT_DEFAULT_TRIGGER;
    return post(`trigger/${trigger}/contact`, { contact, property: given });
  }
  contact.custom = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === null) continue; // it must not erase
    const number = Number.isInteger(value) ? "integer" : "float";
    const kind = { boolean: "boolean", number }[typeof value] ?? "string";
    const plain = typeof value === "object" ? JSON.stringify(value) : value;
    const field = FIELDS.get(name.replaceAll("_", "").toLowerCase());
    if (field && typeof plain === "string") contact[field] = plain;
    else contact.custom[`${kind}--${name.replaceAll(" ", "--")}`] = plain;
  }
  return post("contact", { contact });
}

async function post(path, body) {
  const headers = { autopilotapikey, "Content-Type": "application/json" };
  const answer = await fetch(base + path, { method: "POST", headers, body: JSON.stringify(body) });
  const said = await answer.json().catch(() => ({}));
  return { status: answer.status, message: said.message };
}

const server = createServer(async (request, response) => {
  const whole = request.toArray().then((parts) => JSON.parse(Buffer.concat(parts)));
  const failed = (error) => ({ status: 500, message: String(error) });
  const result = await whole.then(deliver).catch(failed);
  response.writeHead(result.status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(result));
});
server.listen(Number(PORT), "127.0.0.1", () => console.log(server.address().port));
