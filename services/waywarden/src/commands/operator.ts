/**
 * `waywarden pause|resume|approve|restore`: what people order by hand, each with a key of their own, and
 * `operator-key`, which makes one. The running `up` takes the act; nothing else could decide it.
 */
import { createHash, randomUUID } from 'node:crypto';
import { audienceOf } from '@waywarden/responder';
import {
  ACT_TOPIC,
  activeSigningKey,
  type KeyFile,
  KeyFileError,
  loadKeyFile,
  loadOrCreateKeyFile,
  type OperatorAct,
  publicJwks,
  signDetached,
} from '@waywarden/schemas';
import { Command } from 'commander';
import { dataPaths, ownerOf } from '../embedded/data-folder.ts';
import { askOwner, refusalOf } from '../owner/ask-owner.ts';
import { report, UsageError } from './command-output.ts';

interface ActFlags {
  readonly data: string;
  readonly url?: string;
  readonly tenant: string;
  readonly by: string;
  readonly key: string;
  readonly reason: string;
  readonly json?: true;
}

/** Of the running `up`, or of a responder that runs apart. */
function addressOf({ data, url }: ActFlags): string {
  if (url !== undefined) return url.replace(/\/$/, '');
  const owner = ownerOf(dataPaths(data));
  if (owner?.url != null) return owner.url;
  throw new UsageError(
    `No "waywarden up" runs on ${data}; start it, or name a responder with --url, then order again.`,
  );
}

/** @throws UsageError that says what is wrong with the key file */
function keysOf(load: () => KeyFile): KeyFile {
  try {
    return load();
  } catch (error) {
    if (error instanceof KeyFileError) throw new UsageError(error.message);
    throw error;
  }
}

async function order(
  what: OperatorAct['act'],
  flags: ActFlags,
  of: Pick<OperatorAct, 'decision_id' | 'order_id'> = {},
): Promise<void> {
  const url = `${addressOf(flags)}/v1/acts`;
  const at = new Date().toISOString();
  const { by, reason, tenant: tenant_id } = flags;
  const given: OperatorAct = {
    act_id: randomUUID(),
    tenant_id,
    act: what,
    by,
    at,
    reason,
    ...of,
  };
  const act = JSON.stringify(given);
  const signature = await signDetached(
    new TextEncoder().encode(act),
    activeSigningKey(keysOf(() => loadKeyFile(flags.key))),
    { topic: ACT_TOPIC, audience: audienceOf(tenant_id), iat: Math.floor(Date.parse(at) / 1000) },
  );
  const headers = { 'content-type': 'application/json' };
  const response = await askOwner(url, {
    method: 'POST',
    headers,
    body: JSON.stringify({ act, signature }),
  });
  if (!response.ok) throw await refusalOf(url, response);
  report(flags.json === true, given, [
    `${what}: taken as ${by}'s. Where a second person must agree, it has effect when they do; see "waywarden status".`,
  ]);
}

function asAct(command: Command): Command {
  return command
    .requiredOption('--by <uid>', 'who orders it, as the registry’s `operators` name them')
    .requiredOption('--key <file>', 'key file of that person')
    .requiredOption('--reason <text>', 'why; it stands in the audit')
    .option('--tenant <id>', 'whose enforcement', 'default')
    .option('--data <folder>', 'data folder of a running "up"', '.waywarden/data')
    .option('--url <address>', 'a responder that runs apart, instead of --data')
    .option('--json', 'print one JSON object as the last line');
}

export const pauseCommand = asAct(
  new Command('pause').description('stop all enforcement; two people within 15 minutes'),
).action((flags: ActFlags) => order('pause', flags));

export const resumeCommand = asAct(
  new Command('resume').description('let enforcement go on; two people within 15 minutes'),
).action((flags: ActFlags) => order('resume', flags));

export const approveCommand = asAct(
  new Command('approve').description('order what a guard held back; two where bystanders are hit'),
)
  .argument('<decision>', 'id of the decision')
  .action((decision: string, flags: ActFlags) =>
    order('approve', flags, { decision_id: decision }),
  );

export const restoreCommand = asAct(
  new Command('restore').description('give back what was taken: one order, or all of an alert'),
)
  .argument('<order>', 'id of the command, or of the alert that led to it')
  .action((order_id: string, flags: ActFlags) => order('restore', flags, { order_id }));

/** Key ids take no `@` or `/`, which people's uids have; the digest keeps two alike names apart. */
function keyNameOf(uid: string): string {
  const digest = createHash('sha256').update(uid).digest('hex').slice(0, 8);
  return `operator-${uid.replace(/[^\w.-]/g, '_').slice(0, 80)}-${digest}`;
}

function makeKey(flags: { readonly out: string; readonly by: string; readonly json?: true }): void {
  const createdAt = new Date().toISOString();
  const service = keyNameOf(flags.by);
  const file = keysOf(() => loadOrCreateKeyFile(flags.out, { service, uses: ['sign'], createdAt }));
  const [key] = Object.values(publicJwks(file));
  report(flags.json === true, { uid: flags.by, key }, [
    'Put this under `operators` of the registry:',
    `  - ${JSON.stringify({ uid: flags.by, key })}`,
  ]);
}

export const operatorKeyCommand = new Command('operator-key')
  .description('make the key by which a person orders; prints what to put into the registry')
  .requiredOption('--by <uid>', 'who the person is')
  .requiredOption('--out <file>', 'the key file; keep it with the person')
  .option('--json', 'print one JSON object as the last line')
  .action(makeKey);
