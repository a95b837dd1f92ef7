import { type Alert, type Registry, registrySchema } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { otherFinishers } from './picture-lanes.ts';

const EVENT = '00000000-0000-4000-8000-000000000003';
const alert = {
  evidence: [
    { event_id: EVENT, agent_uid: 'checker', role: 'approve', capability: 'approve:payment' },
  ],
  assembly: { completed_by: 'checker', proof: [EVENT] },
} as unknown as Alert;

const registry = (...agents: readonly object[]): Registry =>
  registrySchema.parse({ version: 1, agents });

describe('who else could do the last step', () => {
  it('is every other agent whose grant holds it, with where it works', () => {
    const found = otherFinishers(
      alert,
      registry(
        { uid: 'checker', class: 'autonomous', grants: ['approve:payment'] },
        { uid: 'bills', class: 'autonomous', grants: ['approve:*'], workflows: ['utility-bills'] },
        { uid: 'payer', class: 'autonomous', grants: ['initiate:payment'] },
      ),
    );
    expect(found).toEqual({
      symbol: 'approve:payment',
      agents: [{ agent_uid: 'bills', workflows: ['utility-bills'] }],
      more: 0,
      unknown: 0,
    });
  });

  it('counts those of whose grant nothing is known instead of leaving them out', () => {
    const found = otherFinishers(alert, registry({ uid: 'stranger', class: 'autonomous' }));
    expect(found).toMatchObject({ agents: [], unknown: 1 });
  });

  it('is not known without a registry', () => {
    expect(otherFinishers(alert, undefined)).toBeNull();
  });
});
