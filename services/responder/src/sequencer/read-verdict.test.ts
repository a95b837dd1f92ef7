/** Guarantee: a verdict goes on to the detector only as far as the signature in its decision proves it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JwsKeyRing, loadOrCreateKeyFile, signingKeyRing } from '@waywarden/schemas';
import { afterAll, describe, expect, it } from 'vitest';
import {
  JUDGED as ALERT,
  type GivenVerdict,
  recordedVerdict,
} from '../testing/recorded-verdict.ts';
import { anAlert, at, TENANT } from '../testing/response-fixtures.ts';
import { readVerdict } from './read-verdict.ts';

const folder = mkdtempSync(join(tmpdir(), 'waywarden-read-verdict-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const keyFile = (name: string) =>
  loadOrCreateKeyFile(join(folder, `${name}.json`), {
    service: name,
    uses: ['sign'],
    createdAt: at(0),
  });
const ringOf = (name: string): JwsKeyRing => signingKeyRing(keyFile(name));
const keys = {
  ringOfOperator: (_: string, by: string) => (by === 'ana' ? ringOf('ana') : undefined),
};

const recorded = (given?: GivenVerdict) => recordedVerdict(keyFile, given);

describe('a verdict in a decision', () => {
  it('goes on with the agent that its alert named', async () => {
    expect(await readVerdict(await recorded(), keys)).toEqual({
      verdict: expect.objectContaining({
        ...{ kind: 'verdict', tenant_id: TENANT, alert_id: ALERT.alert_id },
        ...{ agent_uid: ALERT.subject.agent_uid, verdict: 'false_positive' },
      }),
    });
  });

  it('goes on with the revision that was looked at, where the act names one', async () => {
    const of = async (given: GivenVerdict) => readVerdict(await recorded(given), keys);
    expect(await of({ revision: 3 })).toMatchObject({ verdict: { revision: 3 } });
    expect(await of({})).not.toHaveProperty('verdict.revision');
  });

  it.each<[string, GivenVerdict]>([
    ['operator_without_key', { by: 'bob' }],
    ['signature_bad_signature', { signer: 'mallory' }],
    ['act_differs', { change: (one) => ({ ...one, alert_ids: [anAlert('b').alert_id] }) }],
    [
      'act_unsigned',
      { change: ({ act, ...one }) => ({ ...one, act: { ...(act as object), signed: undefined } }) },
    ],
  ])('is refused: %s', async (reason, given) => {
    const read = await readVerdict(await recorded(given), keys);
    expect(read).toEqual({ refused: expect.stringContaining(reason.split('_')[0] ?? '') });
  });

  it('waits for the second person, and no other decision is one', async () => {
    const waits = {
      change: (one: object) => ({ ...one, withheld_reason: 'second_person_needed' }),
    };
    expect(await readVerdict(await recorded(waits), keys)).toBeUndefined();
    expect(
      await readVerdict({ value: new TextEncoder().encode('{"act":1}') }, keys),
    ).toBeUndefined();
    expect(await readVerdict({ value: null }, keys)).toBeUndefined();
  });
});
