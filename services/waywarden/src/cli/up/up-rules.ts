import type { Logger } from 'pino';
import { LiveRules } from '../../runtime/live-rules.ts';
import type { OpenAccounts } from '../../runtime/open-accounts.ts';
import type { Pipeline } from '../../runtime/pipeline.ts';
import type { UpPlan } from './up-plan.ts';

export async function liveRules(
  { tenant, registry, policy, files }: UpPlan,
  pipeline: Pipeline,
  { accounts, onChange }: OpenAccounts,
  logger: Logger,
): Promise<LiveRules> {
  const now = () => new Date().toISOString();
  const operators = () => accounts.operators(tenant);
  const parts = { pipeline, tenant, logger, now, operators };
  const rules = await LiveRules.start(parts, { registry, policy, files });
  onChange(() => rules.accountsChanged());
  await rules.accountsChanged();
  return rules;
}
