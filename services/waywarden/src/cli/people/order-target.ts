/** The target of a manual order, by flags. */
import {
  type Target,
  type TargetParameters,
  targetOfParameters,
  targetParameters,
} from '@waywarden/schemas';
import type { Command } from 'commander';
import { UsageError } from '../../input/command-output.ts';

export interface TargetFlags extends Omit<TargetParameters, 'fp' | 'resource' | 'sender'> {
  readonly agent: string;
  readonly origin?: string;
}

export const withTargetFlags = (command: Command): Command =>
  command
    .requiredOption('--agent <uid>', 'whose access; of an origin, in whose name it is ordered')
    .option('--task <id>', 'only in this task')
    .option('--credential <uid>', 'only this credential')
    .option('--instance <uid>', 'only this instance')
    .option('--conversation <id>', 'only this conversation')
    .option('--tool <name>', 'only this tool, as server/name or name')
    .option('--grant <id>', 'only this grant')
    .option('--call <uid>', 'only this call')
    .option('--payment <id>', 'the payment that the call approves; with --call')
    .option('--delegation <ref>', 'only what was handed over under this reference; with --parent')
    .option('--parent <uid>', 'the agent that handed it over')
    .option('--origin <what>', 'what came from there, for everybody: sender=…, resource=… or fp=…');

const ORIGIN_KINDS: readonly string[] = ['sender', 'resource', 'fp'];
const ORIGIN_WORDS =
  '--origin is sender=WHO, resource=WHICH or fp=FINGERPRINT, as the alert’s `origins` have it';

function originOf(given: string): TargetParameters {
  const at = given.indexOf('=');
  const [kind, value] = [given.slice(0, at), given.slice(at + 1)];
  if (at < 0 || value === '' || !ORIGIN_KINDS.includes(kind)) {
    throw new UsageError(`"${given}" names no origin: ${ORIGIN_WORDS}.`);
  }
  return { [kind]: value };
}

function parametersOf({ origin, ...flags }: TargetFlags): TargetParameters {
  const { task, credential, instance, conversation, tool, grant } = flags;
  const { call, payment, delegation, parent } = flags;
  return {
    ...{ task, credential, instance, conversation, tool, grant },
    ...{ call, payment, delegation, parent },
    ...(origin === undefined ? {} : originOf(origin)),
  };
}

/** @throws UsageError when the flags are not the ids of one level. */
export function targetOf(tenant: string, flags: TargetFlags): Target {
  const whose = { tenant_id: tenant, agent_uid: flags.agent };
  const target = targetOfParameters(whose, parametersOf(flags));
  if (target !== undefined) return target;
  throw new UsageError(
    'Give the ids of one level: each is another order. --delegation and --parent go together, as do --payment and --call.',
  );
}

export const previewQuery = (target: Target, more: Readonly<Record<string, string>>) =>
  new URLSearchParams({ agent: target.agent_uid, ...targetParameters(target), ...more });
