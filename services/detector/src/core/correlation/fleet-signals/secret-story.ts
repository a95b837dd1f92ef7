/** A secret that was found and then called with. */
import type { PrivilegeStep } from '@waywarden/schemas';
import { NOTES } from '../../alerting/shared-note.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { secretFoundUsedWords } from '../../wording/credential-stories.ts';
import { type Explained, explainedBy } from './credential-finds.ts';
import type { Known, Story } from './credential-story.ts';
import { firstOf, inOrder, isProvenStep, type Use } from './step-proof.ts';

interface Pair extends Explained {
  readonly use: Use;
}

const isFetched = ({ find }: Pair) => find.activity === NOTES.secretFetched;
const isGrave = (pair: Pair) => !isFetched(pair) && pair.exemption === undefined;
const isProvenPair = ({ use, find, exemption }: Pair) =>
  exemption === undefined && isProvenStep(use) && isProvenStep(find);

function gravestOf(pairs: readonly Pair[]): Pair | undefined {
  const grave = pairs.filter(isGrave);
  const some = grave.length > 0 ? grave : pairs;
  return some.findLast(isProvenPair) ?? some.at(-1);
}

export function foundThenUsed(known: Known): Story | undefined {
  const pairs = known.uses.flatMap((use): Pair[] => {
    const explained = explainedBy(known, use);
    return explained === undefined ? [] : [{ use, ...explained }];
  });
  const pair = gravestOf(pairs);
  if (pair === undefined) return undefined;
  const { use, find, ownMs, exemption } = pair;
  const call: PrivilegeStep = exemption ?? use;
  const isOwn = find.agent_uid === use.agent_uid || ownMs !== undefined;
  const others = pairs.map((one) => one.use).filter((one) => one !== use);
  const first = firstOf(use);
  const isBefore = inOrder(first, find) < 0;
  const words = secretFoundUsedWords({
    ...{ who: use.agent_uid, finder: find.agent_uid, foundAt: find.event_time, isOwn, isBefore },
    ...{ beforeAt: first.event_time, usedAt: (isBefore ? use : first).event_time },
    ...{ isFetched: isFetched(pair), isOwnLater: ownMs !== undefined },
    isExempt: exemption !== undefined,
  });
  return {
    kind: 'credential_misuse',
    ruleId: 'secret-found-used',
    severity: RULE_SEVERITIES['secret-found-used'][isGrave(pair) ? 'grave' : 'plain'],
    subject: call,
    named: [call, ...others],
    evidence: [
      [call, 'use_of_credential'] as const,
      [find, 'secret_found'] as const,
      ...others.reverse().map((one) => [one, 'use_of_credential'] as const),
    ],
    count: pairs.length,
    ...words,
    taxonomy: { owasp: ['ASI03'], attack: ['T1552', 'T1078'] },
  };
}
