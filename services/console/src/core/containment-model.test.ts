/** Guarantees of an order's history: everything that is known stands there once, in order of time. */
import type { Receipt, RevocationCommand } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import type { Containment } from './containment-model.ts';
import { containmentHistory } from './containment-model.ts';

const at = (second: number) => `2026-11-24T09:00:${String(second).padStart(2, '0')}Z`;
const command = {
  ...{ command_id: 'order', issued_at: at(0), expires_at: at(50), reason: 'hijacked' },
  ...{ initiating_entity: 'policy', approvals: [], target: { agent_uid: 'spiffe://acme/mail' } },
} as unknown as RevocationCommand;
const undo: RevocationCommand = {
  ...command,
  ...{ command_id: 'undo', issued_at: at(20), reason: 'a mistake' },
  initiating_entity: 'admin',
  approvals: [{ by: 'rob', at: at(20) }],
};
const receipt = (id: string, second: number) =>
  ({ command_id: id, receiver: 'gw', state: 'applied', received_at: at(second) }) as Receipt;
const call = (second: number) => ({ event_id: `e${second}`, at: at(second) });
const containment = { command, denied: call(10), leaked: null } as unknown as Containment;

const said = (records: Partial<Parameters<typeof containmentHistory>[0]>) =>
  containmentHistory({
    ...{ containment, receipts: [receipt('order', 2)], undo: undefined, asOf: at(30) },
    ...records,
  }).map(({ what }) => what);

it('says who commanded it and why, who applied it, and the call that it denied', () => {
  expect(said({})).toEqual([
    'commanded by the policy',
    'gw applied it',
    'a call of mail was denied',
  ]);
});

it('says who restored it, and who gave access back', () => {
  const receipts = [receipt('undo', 22), receipt('order', 2)];
  expect(said({ undo, receipts }).slice(-2)).toEqual([
    'restored by rob',
    'gw applied it, the restore',
  ]);
});

it('says that it ended by itself once its time is over, unless it was restored', () => {
  expect(said({ asOf: at(55) }).at(-1)).toBe('ended by itself');
  expect(said({ asOf: at(55), undo })).not.toContain('ended by itself');
});
