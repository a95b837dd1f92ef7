import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type NotifySettings,
  type OidcSettings,
  type PublishPort,
  type SlaSettings,
  Workplace,
} from '@waywarden/console';
import type { SourceSeen } from '@waywarden/ingest';
import { audienceOf, giveSignedAct } from '@waywarden/responder';
import { DryRuns } from '../policy/dry-run.ts';
import { writeWhole } from '../runtime/amend-file.ts';
import type { ControlToken } from '../runtime/control-token.ts';
import type { DataPaths } from '../runtime/data-folder.ts';
import type { LiveRules } from '../runtime/live-rules.ts';
import type { OpenAccounts } from '../runtime/open-accounts.ts';
import type { Pipeline } from '../runtime/pipeline.ts';
import { rulesPort } from './rules-desk.ts';
import type { StoredCounts, StoreReader } from './store-reader.ts';

interface SignInOptions {
  readonly accounts: OpenAccounts;
  readonly controlToken: ControlToken;
  readonly publicUrl: string;
  readonly localViewers: boolean;
  readonly oidc: OidcSettings | undefined;
}

export interface WorkplaceOptions extends SignInOptions {
  readonly pipeline: Pipeline;
  readonly rules: LiveRules;
  readonly store: StoreReader;
  readonly tenant: string;
  readonly notify: NotifySettings | undefined;
  readonly sla: SlaSettings | undefined;
  readonly paths: DataPaths;
  readonly sources: () => readonly SourceSeen[];
  readonly onProblem: (message: string) => void;
}

const now = () => new Date().toISOString();

export function openWorkplace(options: WorkplaceOptions): Workplace {
  const { pipeline, rules, store, tenant, controlToken, publicUrl, localViewers, oidc, sla } =
    options;
  const { log, keys, responder } = pipeline;
  const { accounts, accessLog, demoAccounts } = options.accounts;
  const { paths, sources } = options;
  const runs = new DryRuns({ data: paths.root, now });
  const nowMs = () => Date.now();
  const texts = proposedFiles(join(paths.root, 'proposed-rules'));
  return new Workplace({
    ...{
      log,
      store,
      tenant,
      accounts,
      accessLog,
      demoAccounts,
      publicUrl,
      localViewers,
      oidc,
      sla,
    },
    notify: options.notify && {
      settings: options.notify,
      stateFile: join(options.paths.root, 'notify.json'),
    },
    audience: audienceOf(tenant),
    rings: {
      alerts: new Map([...keys.detectorRing, ...keys.sequencerRing]),
      triage: keys.consoleRing,
    },
    macKey: keys.consoleMac,
    registry: () => rules.registry,
    rules: rulesPort({ pipeline, rules, tenant, runs, sources, texts, publicUrl, nowMs }),
    take: (signed, waits) => giveSignedAct({ log, responder, now }, signed, waits),
    isControl: (authorization) => controlToken.allows(authorization),
    nowMs,
    onProblem: options.onProblem,
  });
}

/** Not those that people closed. */
export function withOpenAlerts<T extends { readonly counts: StoredCounts | null }>(
  status: T,
  { lists }: Pick<Workplace, 'lists'>,
): T {
  const { counts } = status;
  return counts === null
    ? status
    : { ...status, counts: { ...counts, alerts_open: lists.openCount() } };
}

const FILE_MODE = 0o600;
/** Ids are ours, and name nothing outside the folder. */
const ID = /^[0-9a-f-]{36}$/;

/** Proposed registries and policies, a file each in the data folder, until they are published or withdrawn. */
function proposedFiles(folder: string): PublishPort['texts'] {
  const fileOf = (id: string) => {
    if (!ID.test(id)) throw new TypeError(`${id} is no id of a proposal.`);
    return join(folder, `${id}.txt`);
  };
  return {
    keep: (id, text) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeWhole(fileOf(id), text, FILE_MODE);
    },
    read: (id) => (existsSync(fileOf(id)) ? readFileSync(fileOf(id), 'utf8') : undefined),
    drop: (id) => rmSync(fileOf(id), { force: true }),
    keepOnly: (ids) => {
      if (!existsSync(folder)) return;
      for (const name of readdirSync(folder)) {
        if (!ids.has(name.replace(/\.txt$/, ''))) rmSync(join(folder, name), { force: true });
      }
    },
  };
}
