// Calls an Autopilot account through the npm package autopilot-api, and prints what each step was
// answered: {step: {status, data}}.
//
//     node node_client.cjs <folder of the package> <base URL> <API key>
'use strict';

const [folder, baseUrl, key] = process.argv.slice(2);
const Autopilot = require(folder);

const results = {};

async function step(name, promise) {
	const answer = await promise.catch(error => {
		if (!error.response) throw error;
		return error.response;
	});
	results[name] = { status: answer.status, data: answer.data };
	return answer.data;
}

async function main() {
	const autopilot = new Autopilot(key, baseUrl);
	const { contacts, journeys } = autopilot;

	const one = await step('upsert', contacts.upsert({
		Email: 'chris@example.com',
		FirstName: 'Chris',
		custom: { 'integer--Lucky--Number': 7 }
	}));
	const people = [];
	for (let n = 1; n <= 100; n++) {
		people.push({ Email: `person${n}@example.com`, FirstName: `P${n}` });
	}
	await step('upsert many', contacts.upsert(people));
	await step('upsert too many', contacts.upsert([...people, ...people]));
	await step('upsert nobody', contacts.upsert({ FirstName: 'Nobody' }));

	await step('get by address', contacts.get('chris@example.com'));
	await step('get by id', contacts.get(one.contact_id));
	const page = await step('list', contacts.list());
	await step('list on', contacts.list(page.bookmark));
	await step('fields', contacts.fields());
	await step('unsubscribe', contacts.unsubscribe('chris@example.com'));
	await step('get unsubscribed', contacts.get('chris@example.com'));

	await step('journeys', journeys.list());
	await step('enter', journeys.add('0001', 'chris@example.com'));
	await step('enter by id', journeys.add('0001', one.contact_id));
	await step('enter nobody', journeys.add('0001', 'nobody@example.com'));

	await step('delete', contacts.delete('chris@example.com'));
	await step('get deleted', contacts.get('chris@example.com'));
	await step('wrong key', new Autopilot('nobodys', baseUrl).contacts.list());

	// The package's other style: callbacks.
	results.callback = await new Promise(resolve =>
		contacts.get('nobody@example.com', (error, response) =>
			resolve({ status: response.status, data: error.message })));
}

main().then(
	() => console.log(JSON.stringify(results)),
	error => {
		console.error(error);
		process.exitCode = 1;
	}
);
