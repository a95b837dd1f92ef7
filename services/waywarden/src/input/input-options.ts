/** The flags that `replay` and `score` share: which files, in which format, believed how far. */
import {
  EventAcceptor,
  FORMATS,
  type Format,
  loadCatalogue,
  replayKeys,
  SourceNumbers,
  tenantKeysFrom,
} from '@waywarden/ingest';
import { ASSURANCES, type Assurance, loadKeyFile, type Registry } from '@waywarden/schemas';
import { type Command, Option } from 'commander';

export interface InputFlags {
  readonly format: Format;
  readonly tenant: string;
  readonly assurance: Assurance;
  readonly registry?: string;
  readonly policy?: string;
  readonly keys?: string;
  readonly trustFields?: true;
  readonly json?: true;
}

/** `others`: further formats. */
export function addInputOptions(command: Command, others: readonly string[] = []): Command {
  return command
    .addOption(
      new Option('--format <format>', 'how the files are written')
        .choices([...FORMATS, ...others])
        .makeOptionMandatory(),
    )
    .option('--tenant <id>', 'tenant that the events belong to', 'default')
    .addOption(
      new Option(
        '--assurance <assurance>',
        'how far identities and claims in the files are believed',
      )
        .choices(ASSURANCES)
        .default('asserted'),
    )
    .option('--registry <file>', 'registry file (YAML)')
    .option('--policy <file>', 'policy file (YAML); default: the shipped one, which only watches')
    .option(
      '--keys <file>',
      'key file of ingest; default: a fixed published key, for test data only',
    )
    .option(
      '--trust-fields',
      'take derived fields (ids, effects, capabilities, digests) from the files',
    )
    .option('--json', 'print one JSON object as the last line');
}

export function fileAcceptor(
  flags: Pick<InputFlags, 'tenant' | 'format' | 'assurance' | 'keys' | 'trustFields'>,
  registry: Registry | undefined,
): EventAcceptor {
  return new EventAcceptor({
    tenant: flags.tenant,
    source: { kind: 'replay', instance: flags.format },
    numbers: new SourceNumbers(),
    assurance: flags.assurance,
    trustFields: flags.trustFields === true,
    trustIdentity: flags.trustFields === true,
    doubtsTimeQuality: flags.format === 'events' && flags.trustFields !== true,
    keys:
      flags.keys === undefined
        ? replayKeys()
        : tenantKeysFrom(loadKeyFile(flags.keys), flags.tenant),
    catalogue: loadCatalogue(registry === undefined ? {} : { registry }),
    now: (input) => input.event_time,
  });
}

const INTERVAL = /^(\d{1,4})([smhd])$/;
const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Undefined when it is none. */
export function intervalMs(text: string): number | undefined {
  const [, count, unit = ''] = INTERVAL.exec(text) ?? [];
  const ms = Number(count) * (UNIT_MS[unit] ?? Number.NaN);
  return ms > 0 ? ms : undefined;
}
