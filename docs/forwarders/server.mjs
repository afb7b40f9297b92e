// A forwarder as an HTTP endpoint: Node 20, no dependencies.
import { createServer } from "node:http";

const env = process.env;
const JOURNEYS = new Map(Object.entries(JSON.parse(env.AUTOPILOT_JOURNEYS)));
const FIELDS = { firstName: "FirstName", first_name: "FirstName" };
Object.assign(FIELDS, { lastName: "LastName", last_name: "LastName" });

async function deliver(message) {
  const { All: all, AutopilotHQ: chosen = all } = message.integrations ?? {};
  if (!["identify", "track"].includes(message.type) || chosen === false)
    return { status: 200 }; // not for Autopilot, which is no failure
  const { email, _NewEmail, ...given } = message.traits ?? message.properties ?? {};
  const contact = { user_id: message.userId, _NewEmail, custom: {} };
  contact.Email = email || message.context?.traits?.email;
  if (message.type === "track") {
    const trigger = JOURNEYS.get(message.event) ?? env.AUTOPILOT_DEFAULT_TRIGGER;
    return post(`trigger/${trigger}/contact`, { contact, property: given });
  }
  for (const [name, value] of Object.entries(given).filter(([, value]) => value !== null)) {
    const number = Number.isInteger(value) ? "integer" : "float";
    const type = { boolean: "boolean", number }[typeof value] ?? "string";
    const plain = typeof value === "object" ? JSON.stringify(value) : value;
    if (Object.hasOwn(FIELDS, name)) contact[FIELDS[name]] = plain;
    else contact.custom[`${type}--${name.replaceAll(" ", "--")}`] = plain;
  }
  return post("contact", { contact });
}

async function post(path, body) {
  const headers = { autopilotapikey: env.AUTOPILOT_API_KEY, "Content-Type": "application/json" };
  const options = { method: "POST", headers, body: JSON.stringify(body) };
  const answer = await fetch(env.AUTOPILOT_BASE_URL + path, options);
  return { status: answer.status, message: (await answer.json()).message };
}

const server = createServer(async (request, response) => {
  const message = JSON.parse(Buffer.concat(await request.toArray()).toString());
  const result = await deliver(message).catch(({ message }) => ({ status: 503, message }));
  response.writeHead(result.status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(result));
});
server.listen(Number(env.PORT ?? 0), "127.0.0.1", () => console.log(server.address().port));
