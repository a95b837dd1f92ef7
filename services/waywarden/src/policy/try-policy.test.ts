/** Guarantee: a rule that a trial can't try says so, and no other rule does. */
import { policySchema } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { sayRule } from './say-results.ts';
import { untriedKinds } from './try-policy.ts';

const tried = (kind: readonly string[], classes: object = {}) => {
  const rule = { id: 'one', when: { kind }, actions: [{ action: 'class_ladder', level: 'agent' }] };
  const policy = policySchema.parse({ version: 1, classes, rules: [rule] });
  return policy.rules.flatMap((one) => untriedKinds(policy, one));
};

it('names leaks, which need somebody who has applied an order', () => {
  expect(tried(['containment_leak', 'hijack_suspected'])).toEqual(['containment_leak']);
  expect(tried(['hijack_suspected'])).toEqual([]);
  const classes = { autonomous: { revocation_triggers: ['containment_leak'] } };
  expect(tried(['class_triggers'], classes)).toEqual(['containment_leak']);
  expect(tried(['class_triggers'])).toEqual([]);
});

it('is said below the rule', () => {
  const rule = {
    ...{ rule: 'one', mode: 'enforce', matched: 0, ordered: 0, step_ups: 0, targets: [] },
    ...{ if_enforced: 0, withheld: {} },
  };
  expect(sayRule({ ...rule, untried: [] }).join('\n')).not.toContain('not tried');
  expect(sayRule({ ...rule, untried: ['containment_leak'] }).at(-1)).toBe(
    '    not tried: containment_leak, since nobody carries out the orders of a trial, and so none can fail to hold',
  );
});
