import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTES } from './access/route-access.ts';
import { openApi } from './openapi.ts';
import { type Headers, WorkWorld } from './testing/work-world.ts';

interface Operation {
  readonly summary?: string;
  readonly 'x-permission'?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: object } };
  };
}

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

  it('has schemas that a validator takes, for each body', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    for (const [, , { requestBody }] of operations) {
      if (requestBody !== undefined) ajv.compile(requestBody.content['application/json'].schema);
    }
  });

  it('whatever is sent, the server refuses it in words and never fails', async () => {
    const junk = fc.oneof(fc.json(), fc.string(), fc.constant('{"change":{}}'));
    for (const [method, path, { parameters = [] }] of operations) {
      const route = path.replace(/\{(\w+)\}/g, ':$1');
      const isServed = world.app.hasRoute({ method: method.toUpperCase() as 'GET', url: route });
      // Files are no JSON, signing in and out would end the session, a stream ends with its reader.
      if (!isServed || /assets|session|stream/.test(path)) continue;
      const url = path.replace(/\{\w+\}/g, '00000000-0000-4000-8000-000000000009');
      await fc.assert(
        fc.asyncProperty(junk, fc.string({ maxLength: 40 }), async (body, value) => {
          const names = parameters.filter((one) => one.in === 'query').map((one) => one.name);
          const query = new URLSearchParams(
            names.map((name): [string, string] => [name, value]),
          ).toString();
          const answer = await world.app.inject({
            method: method.toUpperCase() as 'GET',
            url: query === '' ? url : `${url}?${query}`,
            headers: {
              ...admin,
              ...(method === 'post' ? { 'content-type': 'application/json' } : {}),
            },
            ...(method === 'post' ? { payload: body } : {}),
          });
          expect(answer.statusCode, answer.body).toBeLessThan(500);
          if (answer.statusCode >= 400) expect(answer.json().message).not.toBe('');
        }),
        { numRuns: 15 },
      );
    }
  }, 60_000);
});
