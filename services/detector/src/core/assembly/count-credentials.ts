/**
 * One credential in several hands. Under its key, notes of who called with it and of who had it in a
 * result meet, in whichever order they come; what is concluded is a function of them all.
 *
 * Two stories, each one alert a credential, in one incident:
 * - `credential-shared`: a second agent calls with it. Two identities that are proven hold one key, so
 *   one of them got it from the other. Where the second was handed work by the first, it was passed on:
 *   a posture, since it can't be taken from one alone.
 * - `secret-found-used`: it stood in a result that was not meant to give secrets, and was called with
 *   afterwards; or one agent fetched it by its grant, and another one calls with it.
 *
 * Limits: by the first call of each agent; who had it before it showed is explained by that. A proxy
 * that calls for several agents under its own credential looks like sharing, and is.
 */
import {
  type Alert,
  allSources,
  assuranceAtLeast,
  epochMs,
  type PrivilegeStep,
} from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { weakest } from '../profile/decisive-assurance.ts';
import { NOTES } from '../profile/shared-note.ts';
import {
  type NoteFinding,
  noteAlert,
  noteAssurance,
  rememberNote,
  revisedAlert,
  shortAgent,
} from './note-alert.ts';

/** Credentials of a partition that are remembered; the oldest is forgotten. As many again that were only found. */
export const CREDENTIALS_MAX = 100_000;
/** Agents of one credential that are remembered: the first that called with it, or saw it. */
const HOLDERS_MAX = 16;
const FINDS_MAX = 8;
const RING = 'credentials';
/** Apart: a result holds up to 64 secrets, and who fills files with them pushes out nothing that was called with. */
const FOUND_RING = 'secrets';

interface Known {
  /** The first call of each agent with it, in order. */
  readonly uses: readonly PrivilegeStep[];
  /** Its first sight in a result of each agent, in order. */
  readonly finds: readonly PrivilegeStep[];
  /** Agents beyond those that are kept. */
  readonly more: number;
  readonly told: Readonly<Record<string, Alert>>;
}

const NOTHING: Known = { uses: [], finds: [], more: 0, told: {} };

function inOrder(a: PrivilegeStep, b: PrivilegeStep): number {
  const byTime = epochMs(a.event_time) - epochMs(b.event_time);
  return byTime !== 0 ? byTime : a.event_id < b.event_id ? -1 : 1;
}

/** The earliest of each agent (and kind) stays; of too many, the latest go. */
function withFirst(known: readonly PrivilegeStep[], step: PrivilegeStep, most: number) {
  const isSame = (one: PrivilegeStep) =>
    one.agent_uid === step.agent_uid && one.activity === step.activity;
  const before = known.find(isSame);
  if (before !== undefined && inOrder(before, step) <= 0) return known;
  return [...known.filter((one) => !isSame(one)), step].sort(inOrder).slice(0, most);
}

function withNote(known: Known, step: PrivilegeStep): Known {
  if (step.activity !== NOTES.credentialHeld) {
    return { ...known, finds: withFirst(known.finds, step, FINDS_MAX) };
  }
  const isNew = known.uses.every((one) => one.agent_uid !== step.agent_uid);
  const isFull = isNew && known.uses.length >= HOLDERS_MAX;
  const uses = withFirst(known.uses, step, HOLDERS_MAX);
  return { ...known, uses, more: known.more + (isFull ? 1 : 0) };
}

/** Either handed work to the other. */
function isHandedOver(a: PrivilegeStep, b: PrivilegeStep): boolean {
  return a.parent_agent_uid === b.agent_uid || b.parent_agent_uid === a.agent_uid;
}

const timeOf = (step: PrivilegeStep) => `${step.event_time.slice(0, 19).replace('T', ' ')} UTC`;

type Story = Omit<NoteFinding, 'detectedAt' | 'alertKey' | 'causeKey'> & {
  readonly posture?: boolean;
};

function passedOn(subject: PrivilegeStep, first: PrivilegeStep, { uses, more }: Known): Story {
  const [who, holder] = [shortAgent(subject.agent_uid), shortAgent(first.agent_uid)];
  return {
    kind: 'credential_static',
    ruleId: 'credential-passed-on',
    severity: 'low',
    posture: true,
    subject,
    evidence: uses.map((one) => [one, 'use_of_credential'] as const),
    count: uses.length + more,
    title: `${who} works with the credential of ${holder}, which handed it work`,
    summary: `${holder} calls with a credential since ${timeOf(first)}, and ${who}, which it handed work to, with the same one since ${timeOf(subject)}. It can't be taken away from one of them alone.`,
    expected: 'a credential for each agent',
    observed: `one for ${uses.length + more}`,
    notVisible: ['Whether it was handed over on purpose is not visible.'],
    taxonomy: { owasp: ['ASI03'] },
  };
}

function shared(known: Known): Story | undefined {
  const [first, ...others] = known.uses;
  if (first === undefined || others.length === 0) return undefined;
  const strange = others.filter((one) =>
    known.uses.every((other) => other === one || !isHandedOver(one, other)),
  );
  const [subject] = strange;
  if (subject === undefined) return passedOn(others[0] ?? first, first, known);
  const [who, holder] = [shortAgent(subject.agent_uid), shortAgent(first.agent_uid)];
  const agents = known.uses.length + known.more;
  const isProven = [first, subject].every((one) =>
    assuranceAtLeast(one.agent_assurance, 'authenticated'),
  );
  return {
    kind: 'credential_misuse',
    ruleId: 'credential-shared',
    severity: isProven ? 'high' : 'medium',
    subject,
    evidence: [
      [subject, 'use_by_another'] as const,
      ...known.uses
        .filter((one) => one !== subject)
        .map((one) => [one, 'use_of_credential'] as const),
    ],
    count: agents,
    title: `${who} calls with a credential of ${holder}`,
    summary: `${holder} calls with this credential since ${timeOf(first)}; ${who} calls with the same one since ${timeOf(subject)}, and neither handed work to the other. ${agents === 2 ? 'Two agents hold it.' : `${agents} agents hold it.`}`,
    expected: `only ${holder} holds it`,
    observed: `${agents} agents hold it`,
    notVisible: [
      'How it came from one to the other is not visible here, nor who else holds it and has not called with it.',
    ],
    taxonomy: { owasp: ['ASI03'], attack: ['T1528', 'T1550.001'] },
  };
}

/** The earliest sight that explains a call with it and should not have led to one. */
function findOf({ finds }: Known, use: PrivilegeStep): PrivilegeStep | undefined {
  const before = finds.filter((one) => inOrder(one, use) < 0);
  const isFetch = (one: PrivilegeStep) => one.activity === NOTES.secretFetched;
  if (before.some((one) => isFetch(one) && one.agent_uid === use.agent_uid)) return undefined;
  return before.find((one) => !isFetch(one) || !isHandedOver(one, use));
}

function foundThenUsed(known: Known): Story | undefined {
  const pairs = known.uses.flatMap((use) => {
    const find = findOf(known, use);
    return find === undefined ? [] : [{ use, find }];
  });
  const [pair] = pairs;
  if (pair === undefined) return undefined;
  const { use, find } = pair;
  const [who, finder] = [shortAgent(use.agent_uid), shortAgent(find.agent_uid)];
  const isFetched = find.activity === NOTES.secretFetched;
  const isOwn = find.agent_uid === use.agent_uid;
  const where = isFetched
    ? `${finder} fetched a secret at ${timeOf(find)}`
    : `A secret stood in a result that ${finder} read at ${timeOf(find)}, by a call that is not there to give secrets`;
  return {
    kind: 'credential_misuse',
    ruleId: 'secret-found-used',
    severity: isFetched ? 'medium' : 'high',
    subject: use,
    evidence: [
      [use, 'use_of_credential'] as const,
      [find, 'secret_found'] as const,
      ...pairs.slice(1).map((one) => [one.use, 'use_of_credential'] as const),
    ],
    count: pairs.length,
    title: isOwn
      ? `${who} calls with a secret that it found`
      : `${who} calls with a secret that ${finder} ${isFetched ? 'fetched' : 'found'}`,
    summary: `${where}. ${isOwn ? 'It' : who} calls with it as its credential since ${timeOf(use)}, and never did before.`,
    expected: 'credentials that were issued to the agent or fetched by its grant',
    observed: isFetched ? 'one that another agent fetched' : 'one that stood in a result',
    notVisible: isOwn
      ? ['Who put the secret there is not visible.']
      : ['By which way it came from one agent to the other is not visible here.'],
    taxonomy: { owasp: ['ASI03'], attack: ['T1552', 'T1078'] },
  };
}

function alertOf(story: Story, about: string, at: string): Alert {
  const { posture, ...finding } = story;
  const alert = noteAlert({ ...finding, alertKey: about, causeKey: about, detectedAt: at });
  const [first, second] = story.evidence;
  const decisive = [first, second].flatMap((one) => (one === undefined ? [] : [one[0]]));
  const sources = allSources(decisive.map((one) => one.source));
  const uid = story.subject.credential_uid;
  return {
    ...alert,
    subject: { ...alert.subject, ...(uid === undefined ? {} : { credential_uid: uid }) },
    // As strong as the weaker of the two events on which it rests.
    decisive_assurance: decisive.map(noteAssurance).reduce(weakest),
    ...(sources === undefined ? {} : { sources: [...sources] }),
    ...(posture === true ? { posture: true } : {}),
  };
}

/** The revision to tell of a story: when it is new, about somebody else, graver, or of twice as many. */
function revision(last: Alert | undefined, fresh: Alert): Alert | undefined {
  if (last === undefined) return fresh;
  const isSame =
    last.subject.agent_uid === fresh.subject.agent_uid && last.severity === fresh.severity;
  return isSame && fresh.count < last.count * 2 ? undefined : revisedAlert(last, fresh);
}

export function countCredential(draft: Draft, step: PrivilegeStep, at: string): readonly Alert[] {
  const about = step.workload ?? '';
  const key = `held/${JSON.stringify([step.tenant_id, about])}`;
  const before = draft.get<Known>(key);
  const ring = step.activity === NOTES.credentialHeld ? RING : FOUND_RING;
  if (before === undefined) rememberNote(draft, ring, key, CREDENTIALS_MAX);
  const known = withNote(before ?? NOTHING, step);
  const told: Record<string, Alert> = { ...known.told };
  const alerts: Alert[] = [];
  for (const story of [shared(known), foundThenUsed(known)]) {
    if (story === undefined) continue;
    const alert = revision(told[story.ruleId], alertOf(story, about, at));
    if (alert === undefined) continue;
    told[story.ruleId] = alert;
    alerts.push(alert);
  }
  draft.put(key, { ...known, told });
  return alerts;
}
