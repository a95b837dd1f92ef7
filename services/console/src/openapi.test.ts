import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { generate, type JsonSchema } from 'json-schema-faker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answersOf } from '../../../test/support/described-answers.ts';
import { ROUTES } from './access/route-access.ts';
import { openApi } from './openapi.ts';
import { type Headers, WorkWorld } from './testing/work-world.ts';

interface Operation {
  readonly summary?: string;
  readonly 'x-permission'?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: JsonSchema;
  }[];
  readonly responses?: Readonly<
    Record<
      string,
      { readonly content?: Readonly<Record<string, { readonly schema: JsonSchema } | undefined>> }
    >
  >;
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: JsonSchema } };
  };
}

const BARE = JSON.stringify({ type: 'object' });
const SAMPLES = 4;
let world: WorkWorld;
let admin: Headers;

beforeAll(async () => {
  world = await WorkWorld.open();
  await world.addRoles(['admin']);
  admin = await world.signIn('admin');
}, 30_000);

afterAll(() => world.close());

const operations = Object.entries(
  openApi()['paths'] as Record<string, Record<string, Operation>>,
).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, one]) => [method, path, one] as const),
);

/** Files are no JSON, signing in and out would end the session, a stream ends with its reader. */
function isAsked(method: string, path: string): boolean {
  const url = path.replace(/\{(\w+)\}/g, ':$1');
  const isServed = world.app.hasRoute({ method: method.toUpperCase() as 'GET', url });
  return isServed && !/assets|session|stream/.test(path);
}

function sent(method: string, path: string, query: string, payload: string | undefined) {
  const url = path.replace(/\{\w+\}/g, '00000000-0000-4000-8000-000000000009');
  const json = payload === undefined ? {} : { 'content-type': 'application/json' };
  return world.app.inject({
    method: method.toUpperCase() as 'GET',
    url: query === '' ? url : `${url}?${query}`,
    headers: { ...admin, ...json },
    ...(payload === undefined ? {} : { payload }),
  });
}

describe('the description of the API', () => {
  it('is of every route, in words, with the permission that it asks for', () => {
    const named = operations.map(([method, path]) => `${method.toUpperCase()} ${path}`);
    const all = Object.keys(ROUTES).map((one) => one.replace(/:(\w+)/g, '{$1}'));
    expect(named.toSorted()).toEqual(all.toSorted());
    for (const [method, path, one] of operations) {
      expect([path, one.summary]).not.toEqual([path, `${method.toUpperCase()} ${path}`]);
      expect([path, one.summary?.length]).not.toEqual([path, 0]);
      expect([path, typeof one['x-permission']]).toEqual([path, 'string']);
    }
  });

  it('says of each answer what it holds: none is a bare object but the document itself', () => {
    const bare = operations.filter(([, , one]) =>
      Object.values(one.responses ?? {}).some(
        ({ content }) => JSON.stringify(content?.['application/json']?.schema) === BARE,
      ),
    );
    expect(bare.map(([method, path]) => `${method} ${path}`)).toEqual(['get /v1/openapi.json']);
  });

  it('has schemas that a validator takes, for each body', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    for (const [, , { requestBody }] of operations) {
      if (requestBody !== undefined) ajv.compile(requestBody.content['application/json'].schema);
    }
  });

  it('what fits a schema is taken or refused in words, and each answer is as described', async () => {
    const answers = answersOf(openApi());
    for (const [method, path, { parameters = [], requestBody }] of operations) {
      if (!isAsked(method, path)) continue;
      for (let seed = 1; seed <= SAMPLES; seed += 1) {
        const sample = (schema: JsonSchema) =>
          generate(schema, { seed, alwaysFakeOptionals: true });
        const pairs = parameters
          .filter((one) => one.in === 'query')
          .map(
            async ({ name, schema }): Promise<[string, string]> => [
              name,
              String(await sample(schema)),
            ],
          );
        const query = new URLSearchParams(await Promise.all(pairs)).toString();
        const body = requestBody && (await sample(requestBody.content['application/json'].schema));
        const answer = await sent(
          method,
          path,
          query,
          body === undefined ? undefined : JSON.stringify(body),
        );
        expect(answer.statusCode, `${method} ${path}: ${answer.body}`).toBeLessThan(500);
        // This world has no status; what the real one answers is held to it in `demo.test.ts`.
        if (answer.statusCode < 300 && answer.body !== '' && path !== '/v1/console/now') {
          const code = String(answer.statusCode);
          expect([path, answers(method, path, answer.json(), code)]).toEqual([path, []]);
        }
        if (answer.statusCode >= 400) expect(answer.json().message).not.toBe('');
      }
    }
  }, 60_000);

  it('whatever is sent, the server refuses it in words and never fails', async () => {
    const junk = fc.oneof(fc.json(), fc.string(), fc.constant('{"change":{}}'));
    for (const [method, path, { parameters = [] }] of operations) {
      if (!isAsked(method, path)) continue;
      await fc.assert(
        fc.asyncProperty(junk, fc.string({ maxLength: 40 }), async (body, value) => {
          const names = parameters.filter((one) => one.in === 'query').map((one) => one.name);
          const query = new URLSearchParams(
            names.map((name): [string, string] => [name, value]),
          ).toString();
          const answer = await sent(method, path, query, method === 'post' ? body : undefined);
          expect(answer.statusCode, answer.body).toBeLessThan(500);
          if (answer.statusCode >= 400) expect(answer.json().message).not.toBe('');
        }),
        { numRuns: 15 },
      );
    }
  }, 60_000);
});
