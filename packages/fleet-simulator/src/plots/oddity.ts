/**
 * What goes another way than usual in an errand: refused, timed out, tried out, on another's page,
 * looked at by a person. In plots the manner says so; in ordinary work chance does.
 */
import type { CallPlan } from '../call-plan.ts';
import type { FormedTool } from './form-table.ts';
import type { Stage } from './stage.ts';

/** What everybody reads: no value in it leads anywhere. */
export const HANDBOOK = 'page/team-handbook';
const SHARE = 0.06;
/** Where it goes is what such a call is about; or one object in common already joins two of them. */
const OWN_OBJECT: ReadonlySet<FormedTool> = new Set([
  'sendMail',
  'pay',
  'push',
  'approveChange',
  'deploy',
  'createPayee',
  'approvePayment',
  'createUser',
  'grantAccess',
  'createKey',
]);

/** Calls that are about their own object: another would make it another call. */
export const hasOwnObject = (tool: FormedTool): boolean => OWN_OBJECT.has(tool);

export function oddityOf({ leftOut, random, cell }: Stage, tool: FormedTool): CallPlan {
  if (leftOut === undefined) return {};
  const odd = () => random.chance(SHARE);
  const outcome = odd() ? 'denied' : odd() ? 'unknown' : undefined;
  return {
    ...(outcome === undefined ? {} : { outcome }),
    ...(odd() ? { features: { dry_run: true } } : {}),
    ...(odd() && !hasOwnObject(tool) ? { object: HANDBOOK } : {}),
    ...(odd() ? { environment: 'staging' } : {}),
    ...(odd() ? { sensitivity: 'restricted' } : {}),
    ...(odd() ? { approvedBy: `prompt-owner-${cell.number}@acme.example` } : {}),
  };
}
