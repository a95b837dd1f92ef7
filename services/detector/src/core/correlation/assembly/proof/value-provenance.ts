/** From where the decisive values of an approved call come, and to whom it goes. `payee` is each account paid. */
import type { PrivilegeStep } from '@waywarden/schemas';
import { type Envelope, listed } from '../../../domain/registry/envelope.ts';
import { type ChainStep, isProvenCall, tookPlace, writes } from '../model/chain-step.ts';
import type { ChainStore } from '../model/chain-store.ts';
import { orderOf } from './step-order.ts';

interface ProvenanceProblem {
  readonly element: string;
  readonly expected: string;
  readonly observed: string;
  readonly step: ChainStep;
}

type ArgValue = PrivilegeStep['arg_values'][number];

const PAYMENT = /^(?:create:payee|initiate:payment|approve:payment)(?:@|$)/;
const ACCOUNTS: ReadonlySet<string> = new Set(['iban', 'account']);
const SOURCE = /(?:^|[._])(?:from|source|debit|own)(?:_|$|\.)/i;

function isDecisive(argument: string, { path = '', kind }: ArgValue, { wire }: ChainStep): boolean {
  if (path.split(/[.[\]]/).includes(argument)) return true;
  if (argument !== 'payee' || !ACCOUNTS.has(kind) || SOURCE.test(path)) return false;
  return wire.capabilities.some(({ symbol }) => PAYMENT.test(symbol));
}

const plain = (party: string) => party.replace(/\s/g, '').toLowerCase();

/** By fingerprint or as written. */
export function goesToListed({ destinations = [] }: Envelope, { wire }: ChainStep): boolean {
  const allowed = new Set(destinations.map(plain));
  const { target, outside_fps: outside, arg_values: used, destinations: count = 1 } = wire;
  const isPayment = wire.capabilities.some(({ symbol }) => PAYMENT.test(symbol));
  const accounts = used.filter(
    ({ kind, path = '' }) => isPayment && ACCOUNTS.has(kind) && !SOURCE.test(path),
  );
  const named = target?.resource_id === undefined ? [] : [target.resource_id];
  const shown = accounts.length > 0 ? accounts.map(({ fp }) => fp) : (outside ?? named);
  const parties =
    accounts.length === 1 && named.some((one) => allowed.has(plain(one))) ? named : shown;
  return parties.length >= count && parties.every((one) => allowed.has(plain(one)));
}

function makes({ wire }: ChainStep, fp: string, isWriting: boolean): boolean {
  const values = isWriting ? [...wire.result_values, ...wire.arg_values] : wire.result_values;
  return values.some((value) => value.fp === fp);
}

function makersOf(
  store: ChainStore,
  step: ChainStep,
  fp: string,
  skewMs: number,
): readonly ChainStep[] {
  const foreign = store
    .foreign()
    .steps.filter((one) => tookPlace(one) && makes(one, fp, writes(one)));
  return [...store.stepsOf(store.tables.value(fp).made), ...foreign].filter(
    (maker) => maker.n !== step.n && orderOf(maker, step, skewMs) !== 'after',
  );
}

export function provenanceProblem(
  store: ChainStore,
  envelope: Envelope,
  step: ChainStep,
  skewMs: number,
): ProvenanceProblem | undefined {
  for (const [argument, allowed] of Object.entries(envelope.provenance ?? {})) {
    if (allowed.includes('untrusted')) continue;
    for (const value of step.wire.arg_values) {
      if (!isDecisive(argument, value, step)) continue;
      const makers = makersOf(store, step, value.fp, skewMs);
      const trusted =
        makers.every(({ wire }) => wire.result_trust === 'trusted') &&
        makers.some(({ wire }) => isProvenCall(wire));
      if (makers.length === 0 ? allowed.includes('requested') : trusted) continue;
      const observed =
        makers.length === 0 ? 'from nowhere in this chain' : 'not from a trusted record';
      return { element: `provenance of ${argument}`, expected: listed(allowed), observed, step };
    }
  }
  return undefined;
}
