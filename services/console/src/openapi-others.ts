/** Routes of the API whose parameters are described where they are served, a line each. */
import { ROUTES } from './access/route-access.ts';

const SUMMARIES: Readonly<Record<string, string>> = {
  'GET /assets/:name': 'A file of the page',
  'GET /v1/session': 'Who is signed in, and the token that changes carry',
  'POST /v1/session': 'Signs in with a password',
  'DELETE /v1/session': 'Signs out',
  'POST /v1/session/password': 'Changes the own password',
  'GET /v1/session/oidc': 'Begins to sign in elsewhere',
  'GET /v1/session/oidc/callback': 'Comes back from there',
  'GET /v1/openapi.json': 'This description',
  'POST /v1/acts': 'Takes an act that a person signed',
  'GET /v1/receivers/command-keys': 'Keys that sign commands',
  'GET /v1/receivers/:receiver/commands': 'Commands of a receiver, by cursor',
  'POST /v1/receivers/:receiver/receipts': 'Takes a receipt',
  'PUT /v1/registry': 'Publishes a registry, for the command line',
  'POST /v1/verify': 'Holds the store against the log',
  'POST /v1/audit/verify': 'Verifies the chain of decisions',
  'GET /v1/log/:topic': 'Records of a topic',
  'GET /v1/dead-letters': 'What was set aside',
  'GET /v1/dead-letters/:id': 'One of them',
  'POST /v1/dead-letters/redrive': 'Sends some again',
  'GET /v1/events': 'Stored calls',
  'GET /v1/events/:id': 'One call',
  'GET /v1/events/:id/why': 'Why it was judged as it was',
  'GET /v1/decisions': 'Decisions of the policy and of people',
  'GET /v1/commands': 'Commands',
  'GET /v1/status': 'How the installation is',
  'GET /v1/response-impact': 'What rules cost people',
  'GET /api/v1/demo': 'The story of the demo',
  'GET /v1/preview': 'What a command would break and reach',
  'GET /v1/registry': 'The registry in force',
  'GET /v1/enforcement': 'Whether enforcement is paused',
  'GET /v1/containments': 'Containments and their states',
  'GET /v1/console/now': 'The page Now',
  'GET /v1/console/sources': 'What sends',
  'GET /v1/console/alerts/:id': 'The page of an alert',
  'GET /v1/console/agent': 'The page of an agent',
  'GET /v1/console/containments/:id': 'The page of a containment',
  'GET /v1/console/approvals': 'What waits for people',
  'GET /v1/console/chains': 'Chains',
  'GET /v1/console/chains/:id': 'The page of a chain',
  'GET /v1/console/stream': 'Changes, as server-sent events',
  'GET /v1/people': 'Who may be assigned',
  'GET /v1/accounts': 'Accounts',
  'POST /v1/accounts': 'Adds an account',
  'PATCH /v1/accounts/:uid': 'Disables an account or gives it another role',
  'POST /v1/accounts/:uid/password': 'Gives a new first password',
  'GET /v1/console/audit': 'What people did',
  'GET /v1/audit': 'Who signed in, was refused or changed accounts',
  'GET /v1/notify': 'Whom alerts are sent to, and what failed',
  'POST /v1/notify/test': 'Sends a test',
  'POST /v1/notify/resend': 'Sends what was set aside for a receiver again',
  'POST /v1/tokens': 'Makes an API token',
  'DELETE /v1/tokens/:id': 'Revokes one',
};

type Json = Readonly<Record<string, unknown>>;
export type Operation = (summary: string, more?: Json) => Json;

const pathOf = (url: string) => url.replace(/:(\w+)/g, '{$1}');

function parametersOf(url: string): readonly Json[] {
  return [...url.matchAll(/:(\w+)/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true, schema: { type: 'string' } },
  }));
}

/** Other than 200, other than JSON. */
const CODES: Readonly<Record<string, string>> = {
  'POST /v1/session': '204',
  'DELETE /v1/session': '204',
  'POST /v1/session/password': '204',
  'GET /v1/session/oidc': '302',
  'GET /v1/session/oidc/callback': '302',
  'POST /v1/tokens': '201',
  'DELETE /v1/tokens/:id': '204',
  'POST /v1/accounts': '201',
  'POST /v1/rules/tries': '202',
  'POST /v1/receivers/:receiver/receipts': '202',
  'POST /v1/acts': '202',
};
const TYPES: Readonly<Record<string, string>> = {
  'GET /assets/:name': 'application/octet-stream',
  'GET /v1/console/stream': 'text/event-stream',
  'GET /v1/log/:topic': 'application/x-ndjson',
  'POST /v1/verify': 'application/x-ndjson',
  'POST /v1/audit/verify': 'application/x-ndjson',
};

function answering(one: Json, route: string, answer: Json | undefined): Json {
  const { '200': plain, ...refusals } = one['responses'] as Json;
  const { [route]: code = '200' } = CODES;
  const { [route]: type = 'application/json' } = TYPES;
  const isEmpty = answer === undefined && code !== '200';
  const text = { type: 'string' };
  const schema = type === 'application/json' ? answer : text;
  const description = 'The answer.';
  const typed = { description, content: { [type]: { schema } } };
  const ok = isEmpty ? { description } : schema === undefined ? plain : typed;
  return { ...one, responses: { [code]: ok, ...refusals } };
}

/** With the other routes; each says what it asks for and most what they answer. */
export function withOthers(
  given: Readonly<Record<string, Json>>,
  operation: Operation,
  answers: Readonly<Record<string, Json>>,
): Readonly<Record<string, Json>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [route, access] of Object.entries(ROUTES)) {
    const [method = '', url = ''] = route.split(' ');
    const path = pathOf(url);
    const parameters = parametersOf(url);
    const more = parameters.length === 0 ? {} : { parameters };
    const known = given[path]?.[method.toLowerCase()] as Json | undefined;
    const one = known ?? operation(SUMMARIES[route] ?? route, more);
    const described = { ...answering(one, route, answers[route]), 'x-permission': access };
    paths[path] = { ...paths[path], [method.toLowerCase()]: described };
  }
  return paths;
}
