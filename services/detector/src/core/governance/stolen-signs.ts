/** What one call shows of a stolen key, in words; `stolen-credential.ts` joins them. */
import { type Assurance, type AuditEvent, epochMs } from '@waywarden/schemas';
import type { PlaceSigns } from './credential-place.ts';
import { hadEffect } from './finding.ts';
import { ROAMS_AREAS } from './roaming.ts';
import type { Pace } from './sudden-pace.ts';
import type { Use } from './token-uses.ts';

const AT_ONCE_MS = 1000;
/** Calls from a place before it is no visit any more. */
const STAYS_MIN = 10;

const SIGNS = [
  'roams',
  'moved',
  'network',
  'client',
  'acts',
  'stays',
  'model',
  'flood',
  'speed',
] as const;
export type SignKind = (typeof SIGNS)[number];
export const PLACE_SIGNS: ReadonlySet<SignKind> = new Set(['moved', 'network', 'client']);
/** What says something beside a place. */
export const BESIDES: ReadonlySet<SignKind> = new Set(['model', 'flood', 'speed']);

/**
 * How many signs speak for themselves: that it acts from a strange place and that it stays there are one, since who
 * works there does both. A flood is what sudden calls of the model are made of, and what roams moves.
 */
export function independent(signs: readonly { readonly kind: SignKind }[]): number {
  const kinds = signs.map(({ kind }) => (kind === 'stays' ? 'acts' : kind));
  return new Set(kinds.filter((kind) => kind !== 'flood' && kind !== 'roams')).size;
}

export interface Sign {
  readonly kind: SignKind;
  readonly text: string;
  /** Of what is counted, how much the text tells of. */
  readonly n?: number;
  readonly eventId: string;
  readonly at: string;
  readonly assurance: Assurance;
}

/** As they stand in texts: by kind, and not by when they came. */
export const inOrder = (signs: readonly Sign[]): readonly Sign[] =>
  [...signs].sort((a, b) => SIGNS.indexOf(a.kind) - SIGNS.indexOf(b.kind));

export const timeOf = (time: string) => time.slice(11, 19);

/** When it was, told at `now`: a use of weeks ago is not of this morning. */
const whenText = (time: string, now: string) =>
  time.slice(0, 10) === now.slice(0, 10)
    ? `at ${timeOf(time)}`
    : `on ${time.slice(0, 10)} at ${timeOf(time)}`;

export const networkText = (network: string) => `${network}${network.includes(':') ? ':' : '.'}*`;

/** Networks and clients as they stand in texts. */
export function placeText(
  { network, client, host }: Use,
  with_: { network: boolean; client: boolean; host?: boolean },
): string {
  const separator = network?.includes(':') === true ? ':' : '.';
  return [
    ...(with_.host === true ? [`${network ?? ''}${separator}${host ?? ''}`] : []),
    ...(with_.network ? [network === undefined ? 'no network' : networkText(network)] : []),
    ...(with_.client ? [client ?? 'none'] : []),
  ].join(', ');
}

/** What of a token that stayed in its network is told only because others never did it. */
function neverText({ within: { host, version, isYoung } }: PlaceSigns): string {
  if (!host && !version) return '';
  const what = host && version ? 'address or client' : host ? 'address' : 'client';
  const soon = isYoung ? ', within two minutes of its first use' : '';
  return `${soon}, while none of its tokens before changed its ${what}`;
}

function movedText(place: PlaceSigns, before: Use, event: AuditEvent): string {
  const { use, movedNetwork: network, movedClient, within } = place;
  const by = { network, client: movedClient || within.version, host: within.host };
  const ms = epochMs(event.event_time) - epochMs(before.at);
  return [
    `a credential that was used from ${placeText(before, by)} ${whenText(before.at, event.event_time)} is now used from ${placeText(use, by)}`,
    neverText(place),
    ...(place.isUnseen ? [', where it was never seen before'] : []),
    ...(ms >= 0 && ms < AT_ONCE_MS ? ['; both uses lie within a second'] : []),
  ].join('');
}

/** What a call shows; of what is counted also how much, so that it is told again when it has doubled. */
export type Text = readonly [kind: SignKind, text: string, n?: number];

/** Told with each doubling and not with each call: what stands in a text is what was reached, and more may follow. */
export function withLatest(sign: Sign, texts: readonly Text[]): Sign {
  const [, text, n] = texts.find(([kind]) => kind === sign.kind) ?? [];
  if (text === undefined || n === undefined || n < 2 * (sign.n ?? 0)) return sign;
  return { ...sign, text, n };
}

/**
 * What the signs say, in their order. A flood is of calls of the model: where those are told with how many, both are
 * one sentence with the larger number, since each is told again at another doubling.
 */
export function signsSaid(signs: readonly Sign[]): string {
  const [model, flood] = (['model', 'flood'] as const).map((kind) =>
    signs.find((one) => one.kind === kind),
  );
  const [few, many] = [model?.n ?? 0, flood?.n ?? 0];
  const isOne = few > 1 && many > 0;
  return inOrder(signs)
    .filter(({ kind }) => !(isOne && kind === 'flood'))
    .map(({ kind, text }) =>
      isOne && kind === 'model'
        ? text.replace(`${few} times`, `${Math.max(few, many)} times`)
        : text,
    )
    .join('; ');
}

function placeTexts(event: AuditEvent, place: PlaceSigns): readonly Text[] {
  const { before, use, strangeNetwork, strangeClient, isUnlikely, calls } = place;
  const found: Text[] = [];
  const isRoaming = place.anywhere === 'first' || place.anywhere === 'told';
  if (isRoaming && !place.movedClient) {
    found.push([
      'roams',
      `it was used from ${ROAMS_AREAS} areas of networks or more within a month`,
    ]);
  }
  if (before !== undefined) found.push(['moved', movedText(place, before, event)]);
  if (strangeNetwork) {
    found.push([
      'network',
      `it calls from the network ${networkText(use.network ?? '')}, new to it`,
    ]);
  }
  if (strangeClient) {
    found.push(['client', `it calls with the client ${use.client ?? ''}, new to it`]);
  }
  if (isUnlikely && hadEffect(event)) found.push(['acts', 'it changes something from there']);
  if (isUnlikely && calls >= STAYS_MIN)
    found.push(['stays', `it called at least ${calls} times from there`, calls]);
  return found;
}

/** What this call shows, in words. */
export function signTexts(
  event: AuditEvent,
  place: PlaceSigns | undefined,
  { fast, model, flood }: Pace,
): readonly Text[] {
  const found: Text[] = place === undefined ? [] : [...placeTexts(event, place)];
  if (model !== undefined) {
    const usual = model.most === 0 ? 'never did before' : `${model.most} at most before`;
    const times = model.n === 1 ? '' : `, at least ${model.n} times within the hour`;
    found.push(['model', `it calls the model${times} (${usual})`, model.n]);
  }
  if (flood !== undefined)
    found.push(['flood', `it called the model at least ${flood} times within the hour`, flood]);
  if (fast !== undefined) {
    const { n, most } = fast;
    found.push(['speed', `at least ${n} calls within ten seconds (${most} at most before)`, n]);
  }
  return found;
}
