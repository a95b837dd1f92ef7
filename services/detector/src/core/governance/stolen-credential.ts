/**
 * The story of a stolen key as one alert: signs that each mean little are joined over a day, and the
 * alert is told anew with each sign that comes to it. A token that was used from one network or by one
 * client and is used from another is told at once, without any history: it was issued to a place. Else
 * two signs are needed, and one of them a place: a network and a client where this agent never was, the
 * model called out of nothing, calls at a machine's speed.
 *
 * Rejected: an alert for each sign. A new network alone is a migration, a burst alone a busy day.
 * Limits: a proxy hides the thief, and who works from the agent's own place at the agent's own pace shows
 * nothing here; agents that really roam with one token are told once a token. A declared change of
 * network (`config_change` of `network/…`) covers the place and not the moved token. One token in the
 * hands of two agents is seen where agents meet (`assembly/count-credentials.ts`).
 */
import { type Assurance, type AuditEvent, epochMs, type Severity } from '@waywarden/schemas';
import type { Draft } from '@waywarden/stage';
import { agentKey } from '../kept/agent-key.ts';
import { decisiveAssurance } from '../profile/decisive-assurance.ts';
import { shorten } from '../short-text.ts';
import { type PlaceSigns, placeSigns, type Use } from './credential-place.ts';
import { credentialCause, type Finding, type FindingRule, finding, nameOf } from './finding.ts';
import { type Pace, paceOf } from './sudden-pace.ts';

/** A story that had no further sign for so long is over. */
const STORY_MS = 86_400_000;
const AT_ONCE_MS = 1000;

const SIGNS = ['moved', 'network', 'client', 'model', 'speed'] as const;
type SignKind = (typeof SIGNS)[number];

interface Sign {
  readonly kind: SignKind;
  readonly text: string;
  readonly eventId: string;
  readonly at: string;
  readonly assurance: Assurance;
}

interface Story {
  /** The moved token, else the call that began it. */
  readonly key: string;
  readonly lastMs: number;
  /** The first of each kind. */
  readonly signs: readonly Sign[];
  readonly moved?: { readonly severity: Severity; readonly before: Use };
}

const timeOf = (time: string) => time.slice(11, 19);

/** Networks and clients as they stand in texts. */
function placeText(
  { network, client, host }: Use,
  with_: { network: boolean; client: boolean; host?: boolean },
): string {
  return [
    ...(with_.host === true ? [`${network ?? ''}.${host ?? ''}`] : []),
    ...(with_.network ? [`${network ?? 'no'}.*`] : []),
    ...(with_.client ? [client ?? 'none'] : []),
  ].join(', ');
}

function movedText(place: PlaceSigns, before: Use, event: AuditEvent): string {
  const { use, movedNetwork: network, movedClient: client, movedHost: host } = place;
  const by = { network, client, host };
  const ms = epochMs(event.event_time) - epochMs(before.at);
  return [
    `a credential that was used from ${placeText(before, by)} at ${timeOf(before.at)} is now used from ${placeText(use, by)}`,
    ...(host ? [', while none of its tokens before changed its address'] : []),
    ...(place.isUnseen ? [', where it was never seen before'] : []),
    ...(ms >= 0 && ms < AT_ONCE_MS ? ['; both uses lie within a second'] : []),
  ].join('');
}

/** What this call shows, in words. */
function textsOf(
  event: AuditEvent,
  place: PlaceSigns | undefined,
  { fast, model }: Pace,
): readonly (readonly [SignKind, string])[] {
  const found: (readonly [SignKind, string])[] = [];
  const { before, use } = place ?? {};
  if (place !== undefined && before !== undefined) {
    found.push(['moved', movedText(place, before, event)]);
  }
  if (place?.strangeNetwork === true) {
    found.push(['network', `it calls from the network ${use?.network ?? ''}.*, new to it`]);
  }
  if (place?.strangeClient === true) {
    found.push(['client', `it calls with the client ${use?.client ?? ''}, new to it`]);
  }
  if (model !== undefined) {
    const usual = model.most === 0 ? 'never did before' : `${model.most} at most before`;
    found.push(['model', `it calls the model, ${model.n} times within the hour (${usual})`]);
  }
  if (fast !== undefined) {
    found.push(['speed', `${fast.n} calls within ten seconds (${fast.most} at most before)`]);
  }
  return found;
}

function movedSeverity({ movedNetwork, movedClient, isUnseen }: PlaceSigns): Severity {
  return (movedNetwork && movedClient) || isUnseen ? 'high' : 'medium';
}

/** The story with what this call shows; undefined where it shows nothing. */
function told(draft: Draft, event: AuditEvent): Story | undefined {
  const pace = paceOf(draft, event);
  const place = placeSigns(draft, event, pace.isSettled);
  const texts = textsOf(event, place, pace);
  if (texts.length === 0) return undefined;
  const stateKey = agentKey(event, 'stolen');
  const last = draft.get<Story>(stateKey);
  const ms = epochMs(event.event_time);
  const open = last !== undefined && ms - last.lastMs <= STORY_MS ? last : undefined;
  const known = open?.signs ?? [];
  const fresh = texts
    .filter(([kind]) => known.every((one) => one.kind !== kind))
    .map(([kind, text]): Sign => {
      const assurance = decisiveAssurance(event);
      return { kind, text, eventId: event.event_id, at: event.event_time, assurance };
    });
  const { before } = place ?? {};
  const moved =
    open?.moved ??
    (place === undefined || before === undefined
      ? undefined
      : { severity: movedSeverity(place), before });
  const story: Story = {
    key: open?.key ?? before?.token ?? event.event_id,
    lastMs: Math.max(open?.lastMs ?? ms, ms),
    signs: [...known, ...fresh],
    ...(moved === undefined ? {} : { moved }),
  };
  draft.put(stateKey, story);
  return story;
}

function severityOf({ signs, moved }: Story): Severity {
  if (moved === undefined) return signs.length >= 3 ? 'high' : 'medium';
  const others = signs.filter(({ kind }) => kind === 'model' || kind === 'speed').length;
  if (others === 2) return 'critical';
  return others > 0 ? 'high' : moved.severity;
}

function titleOf(who: string, { signs, moved }: Story): string {
  const has = (kind: SignKind) => signs.some((one) => one.kind === kind);
  const besides = [
    ...(has('model') ? ['model calls'] : []),
    ...(has('speed') ? ['machine speed'] : []),
  ];
  const places = ['network', 'client'].filter((kind) => signs.some((one) => one.kind === kind));
  if (moved === undefined) {
    return `${who}: ${[...places.map((one) => `new ${one}`), ...besides].join(', ')} within a day`;
  }
  const what = besides.length === 0 ? '' : `, with ${besides.join(' and ')}`;
  return `A credential of ${who} is used from another place${what}`;
}

function describe(event: AuditEvent, story: Story): Finding {
  const who = nameOf(event);
  const { signs, moved, key } = story;
  const order = [...signs].sort((a, b) => SIGNS.indexOf(a.kind) - SIGNS.indexOf(b.kind));
  const since = signs.map((one) => one.at).sort()[0] ?? event.event_time;
  const before = moved?.before;
  const earlier = signs.filter((one) => one.eventId !== event.event_id);
  const places = signs.filter(({ kind }) => kind === 'network' || kind === 'client');
  return finding({
    kind: 'credential_misuse',
    ruleId: 'stolen-credential',
    threshold: 'learned',
    severity: severityOf(story),
    dedupeKey: key,
    title: shorten(titleOf(who, story), 90),
    summary: `Since ${since.slice(0, 10)} ${timeOf(since)} UTC somebody else seems to hold a key of ${who}: ${order.map((one) => one.text).join('; ')}.`,
    expected:
      before === undefined
        ? 'the networks, clients and pace of its history'
        : `where it was used before: ${placeText(before, { network: true, client: true })}`,
    observed: order.map((one) => one.text).join('; '),
    evidence: [
      ...(before === undefined
        ? []
        : [{ eventId: before.eventId, role: 'earlier_use', assurance: before.assurance }]),
      ...earlier.map(({ eventId, kind, assurance }) => ({
        eventId,
        role: `sign_${kind}`,
        assurance,
      })),
    ],
    notVisible: [
      'Who held it in between is not visible; a proxy in between looks the same.',
      ...(moved === undefined
        ? [
            'Whether somebody moved the agent is not visible: no change of its network was declared.',
          ]
        : []),
    ],
    // Agents that turn up in one new place at once were moved by one hand.
    causeKey:
      moved === undefined && places.length > 0
        ? `place|${places.map((one) => one.text).join('|')}`
        : credentialCause(event),
    retells: true,
    quarantines: true,
    taxonomy: { owasp: ['ASI03'], attack: ['T1528', 'T1550.001'] },
  });
}

export const stolenCredential: FindingRule = (draft, event) => {
  const story = told(draft, event);
  if (story === undefined) return undefined;
  const isPlace = story.signs.some(({ kind }) => kind !== 'model' && kind !== 'speed');
  const isTold = story.moved !== undefined || (isPlace && story.signs.length >= 2);
  return isTold ? describe(event, story) : undefined;
};
