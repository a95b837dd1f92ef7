/** What is noted of credentials beside marks that an earlier version kept. */
import { shortPrint } from '@waywarden/schemas';
import { expect, test } from 'vitest';
import { agentStateKey } from '../../state/agent/agent-key.ts';
import { event } from '../../testing/event-builder.ts';
import { MapTransaction } from '../../testing/map-draft.ts';
import { noteCredentials } from './credential-notes.ts';

const asked = { grants: null, policyVersion: 'p', registered: undefined, now: '2026-01-05' };
const use = event(1, {
  agent: { uid: 'a', assurance: 'authenticated' },
  credential: { uid: 't' },
});

test('marks that do not tell whether a use was proven keep no proven one from being noted', () => {
  const transaction = new MapTransaction();
  transaction.put(agentStateKey(use, 'noted'), shortPrint('credential_held|credential/t', 8));
  expect(noteCredentials(transaction, use, asked)).toHaveLength(1);
  expect(noteCredentials(transaction, use, asked)).toEqual([]);
});
