/** What one `up` runs: the demo, or for real with `--no-demo` or a named registry, policy or tenant. */
import type { Policy, Registry } from '@waywarden/schemas';
import { Option } from 'commander';
import { planReach, type ReachFlags, type ReachPlan } from '../../api/reach-options.ts';
import { tenantProblem } from '../../canary/canary-tenant.ts';
import { type DemoMark, openDemoFolder, refuseDemoFolder } from '../../demo/demo-folder.ts';
import { DEMO_TENANT, demoRules, gatewayKeys } from '../../demo/start-demo.ts';
import { UsageError } from '../../input/command-output.ts';
import { environment } from '../../input/config.ts';
import { intervalMs } from '../../input/input-options.ts';
import { type DataPaths, dataPaths, makeFolder } from '../../runtime/data-folder.ts';
import { TENANT_DEFAULT } from '../../runtime/first-token.ts';
import { type RetentionPlan, retentionPlan, STORED_NAMES } from '../../runtime/retention-plan.ts';
import { loadPolicy, loadRegistry } from '../../runtime/rule-files.ts';

/** `--keep` and `WW_KEEP`; the flag counts. */
export function keepOption(): Option {
  return new Option(
    '--keep <topic=age/size...>',
    `how long and how much of a topic the log keeps, such as events=90d/8GiB or commands=forever (topics: ${STORED_NAMES.join(', ')}; also WW_KEEP, separated by commas)`,
  );
}

/** Else UsageError. */
export function storedBy(flags: readonly string[] = []): RetentionPlan {
  const named = (environment()['WW_KEEP'] ?? '').split(',').filter((text) => text.trim() !== '');
  const plan = retentionPlan([...named, ...flags]);
  if (plan.ok) return plan.value;
  throw new UsageError(
    `--keep: ${plan.problem}. See docs/guide-operate.md, "What is kept how long".`,
  );
}

const FOLDER = { demo: '.waywarden/demo', real: '.waywarden/data' } as const;

export interface PlanFlags extends ReachFlags {
  readonly keep?: readonly string[];
  readonly data?: string;
  readonly demo: boolean;
  readonly registry?: string;
  readonly policy?: string;
  readonly tenant?: string;
  readonly canary: string;
}

export interface UpPlan {
  readonly paths: DataPaths;
  readonly tenant: string;
  readonly registry: Registry | undefined;
  readonly policy: Policy;
  readonly retention: RetentionPlan;
  /** Read again when changed. */
  readonly files: { readonly registry?: string; readonly policy?: string };
  readonly canaryEveryMs: number | undefined;
  readonly reach: ReachPlan;
  readonly demo: { readonly mark: DemoMark } | undefined;
}

function isReal({ demo, registry, policy, tenant }: PlanFlags): boolean {
  return !demo || registry !== undefined || policy !== undefined || tenant !== undefined;
}

function canaryEvery(text: string): number | undefined {
  if (text === 'off') return undefined;
  const ms = intervalMs(text);
  if (ms !== undefined) return ms;
  throw new UsageError(`--canary ${text}: give an interval such as 30m, 6h or 1d, or off.`);
}

/** UsageError for unusable files, or mixed folders. Changes nothing. */
export function planUp(flags: PlanFlags): UpPlan {
  const retention = storedBy(flags.keep);
  const reach = planReach(flags, !isReal(flags));
  if (isReal(flags)) {
    const problem = tenantProblem(flags.tenant ?? TENANT_DEFAULT);
    if (problem !== undefined) throw new UsageError(`--tenant: ${problem}`);
    const registry = loadRegistry(flags.registry);
    const policy = loadPolicy(flags.policy);
    const paths = dataPaths(flags.data ?? FOLDER.real);
    refuseDemoFolder(paths);
    makeFolder(paths.root);
    makeFolder(paths.keys);
    const files = {
      ...(flags.registry === undefined ? {} : { registry: flags.registry }),
      ...(flags.policy === undefined ? {} : { policy: flags.policy }),
    };
    const tenant = flags.tenant ?? TENANT_DEFAULT;
    const canaryEveryMs = canaryEvery(flags.canary);
    return {
      ...{ paths, tenant, registry, policy, retention, files, canaryEveryMs, reach },
      demo: undefined,
    };
  }
  const paths = dataPaths(flags.data ?? FOLDER.demo);
  const mark = openDemoFolder(paths, new Date().toISOString());
  makeFolder(paths.keys);
  const rules = demoRules(gatewayKeys(paths), Date.now());
  return {
    paths,
    tenant: DEMO_TENANT,
    ...rules,
    retention,
    files: {},
    reach,
    canaryEveryMs: undefined,
    demo: { mark },
  };
}
