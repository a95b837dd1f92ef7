/** A secret that was found and then called with. */
import type { PrivilegeStep } from '@waywarden/schemas';
import { NOTES } from '../../alerting/shared-note.ts';
import { SEVERITIES } from '../../domain/severities.ts';
import { type Explained, explainedBy } from './credential-finds.ts';
import { type Known, type Story, stepTimeText } from './credential-story.ts';
import { shortAgent } from './note-alert.ts';
import { inOrder } from './step-order.ts';
import { firstOf, isProvenStep, type Use } from './step-proof.ts';

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

function whereOf(pair: Pair): string {
  const { find, use, ownMs } = pair;
  const finder = shortAgent(find.agent_uid);
  if (isFetched(pair)) return `${finder} fetched a secret at ${stepTimeText(find)}`;
  const too = ownMs === undefined ? '' : `, as ${shortAgent(use.agent_uid)} did later`;
  return `A secret stood in a result that ${finder} read at ${stepTimeText(find)}${too}, by a call that is not there to give secrets`;
}

function sinceOf({ use, find }: Pair, who: string): string {
  const first = firstOf(use);
  const isBefore = inOrder(first, find) < 0;
  const before = isBefore
    ? `. That it did before, since ${stepTimeText(first)}, is only said.`
    : ', and never did before.';
  return `${who} calls with it as its credential since ${stepTimeText(isBefore ? use : first)}${before}`;
}

function notVisibleOf({ exemption }: Pair, isOwn: boolean): readonly string[] {
  const way = isOwn
    ? 'Who put the secret there is not visible.'
    : 'By which way it came from one agent to the other is not visible here.';
  if (exemption === undefined) return [way];
  return [way, 'Whether it had the secret before is not visible: what says so proves nothing.'];
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
  const [who, finder] = [shortAgent(use.agent_uid), shortAgent(find.agent_uid)];
  const isOwn = find.agent_uid === use.agent_uid || ownMs !== undefined;
  const others = pairs.map((one) => one.use).filter((one) => one !== use);
  return {
    kind: 'credential_misuse',
    ruleId: 'secret-found-used',
    severity: SEVERITIES['secret-found-used'][isGrave(pair) ? 'grave' : 'plain'],
    subject: call,
    named: [call, ...others],
    evidence: [
      [call, 'use_of_credential'] as const,
      [find, 'secret_found'] as const,
      ...others.reverse().map((one) => [one, 'use_of_credential'] as const),
    ],
    count: pairs.length,
    title: isOwn
      ? `${who} calls with a secret that it found`
      : `${who} calls with a secret that ${finder} ${isFetched(pair) ? 'fetched' : 'found'}`,
    summary: `${whereOf(pair)}. ${sinceOf(pair, isOwn ? 'It' : who)}`,
    expected: 'credentials that were issued to the agent or fetched by its grant',
    observed: isFetched(pair) ? 'one that another agent fetched' : 'one that stood in a result',
    notVisible: notVisibleOf(pair, isOwn),
    taxonomy: { owasp: ['ASI03'], attack: ['T1552', 'T1078'] },
  };
}
