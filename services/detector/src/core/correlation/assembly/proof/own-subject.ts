/**
 * Whether a call sends a record to its subject alone (`assembly.md`). A trusted record with one person's address is
 * that person's, between two tasks only.
 */
import { assuranceAtLeast } from '@waywarden/schemas';
import { CALL_VALUES_MAX } from '../model/assembly-limits.ts';
import { type ChainStep, tookPlace, writes } from '../model/chain-step.ts';
import type { LinkScope } from './chain-link.ts';
import { isAsserted } from './proof-assurance.ts';

const ADDRESS = 'email';

const reported = (names: readonly (string | undefined)[]) =>
  names.filter((one): one is string => one !== undefined);

function reportsAddresses({ wire }: ChainStep): boolean {
  const { result_values: values, values_truncated: isCut } = wire;
  return !isCut && (values.length < CALL_VALUES_MAX || values.at(-1)?.kind !== ADDRESS);
}

/** Running text is no field: somebody may have put it there. */
function addressOfRecord({ store, policy }: LinkScope, record: ChainStep, call: ChainStep) {
  const { effect, result_trust: trust, result_values: values } = record.wire;
  if (effect !== 'read' || trust !== 'trusted' || !tookPlace(record)) return undefined;
  if (isAsserted(record)) return undefined;
  if (!reportsAddresses(record)) return undefined;
  const own = values.filter(
    ({ kind, fp }) =>
      kind === ADDRESS && !policy.commonValues.has(fp) && !store.isHub(fp, record, call),
  );
  const [address, ...others] = own;
  if (address === undefined || others.length > 0) return undefined;
  return address.in === 'text' || address.instructed === true ? undefined : address.fp;
}

function wasPutThere({ store }: LinkScope, record: ChainStep, address: string): boolean {
  const object = record.wire.target?.resource_id;
  const isIt = (id: string | undefined) =>
    object === undefined || id === undefined || id === object;
  const calls = [...store.stepsOf(store.tables.value(address).made), ...store.foreign().steps];
  return calls.some(
    (one) =>
      writes(one) &&
      isIt(one.wire.target?.resource_id) &&
      one.wire.arg_values.some(({ fp }) => fp === address),
  );
}

interface Send {
  readonly call: ChainStep;
  readonly record: ChainStep;
}

function isToRecordsAddress(scope: LinkScope, { call, record }: Send, to: string): boolean {
  if (call.wire.chain_id === record.wire.chain_id) return false;
  return (
    record.wire.result_values.some(({ fp }) => fp === to) &&
    addressOfRecord(scope, record, call) === to &&
    !wasPutThere(scope, record, to)
  );
}

/** Proven, and of a system that outsiders do not write. */
function ownersOf(record: ChainStep): readonly string[] {
  const { target, result_trust: trust } = record.wire;
  if (trust === 'untrusted' || isAsserted(record)) return [];
  return reported([target?.owner_uid, target?.owner_fp]);
}

function subjectsOf({ call, record }: Send): readonly string[] {
  const owners = ownersOf(record);
  const {
    task_subjects: named = [],
    task_subject_fps: fps = [],
    claims,
    task_id: task,
  } = call.wire;
  if (
    !assuranceAtLeast(claims.task, 'authenticated') ||
    isAsserted(call) ||
    task !== record.wire.task_id
  )
    return owners;
  const subjects = [...named, ...fps];
  const isAbout = owners.length === 0 || owners.some((owner) => subjects.includes(owner));
  return isAbout ? [...owners, ...subjects] : owners;
}

/** A copy to colleagues is no egress. Destinations are fingerprints, and ingest adds those of the people. */
export function isToOwnSubject(scope: LinkScope, call: ChainStep, record: ChainStep): boolean {
  const { target, destinations = 1, outside_fps: outside = [] } = call.wire;
  if (destinations > 1 && outside.length === 0) return false;
  const send = { call, record };
  const subjects = subjectsOf(send);
  const belongsTo = (one: string) => subjects.includes(one) || isToRecordsAddress(scope, send, one);
  if (destinations > 1) return outside.every(belongsTo);
  // An unproven source may claim anything.
  const reached = isAsserted(call) ? [] : reported([target?.owner_uid, target?.owner_fp]);
  const to = target?.resource_id;
  return reached.some((one) => subjects.includes(one)) || (to !== undefined && belongsTo(to));
}
