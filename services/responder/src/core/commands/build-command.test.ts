/** What an order that follows upon another says of how sure its alert was. */
import type { RevocationCommand } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { causedAlert } from './build-command.ts';

const cause = { alertId: 'a', revision: 1, title: 'what happened' };

function follows(of: Pick<RevocationCommand, 'confidence' | 'confidence_basis'>) {
  const command = { tenant_id: 'acme', incident_id: 'i', severity: 'high', evidence: [], ...of };
  return causedAlert({ command: command as unknown as RevocationCommand }, cause as never, 0);
}

it('says as the order before it on what the confidence rests, or why there is none', () => {
  const told = follows({ confidence: null, confidence_basis: 'proof' });
  expect(told).toMatchObject({ confidence: null, confidence_basis: 'proof' });
});

it('says nothing where that order says nothing', () => {
  expect(follows({ confidence: null })).not.toHaveProperty('confidence_basis');
});
