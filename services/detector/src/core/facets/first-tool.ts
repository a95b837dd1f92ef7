/**
 * Has this agent called this tool before? The drop_db after a thousand reads. A tool that the profile declares, by
 * name or pattern, is new at most in time: its owner said that it may; so did the
 * envelope of a task that names what the tool can do. A declared change covers what it brings. Of a tool of which
 * nothing is known more history is asked (`unknown-tool.ts`).
 *
 * Method: predictive probability by Witten–Bell, then peers, then the shipped prior (`value-novelty.ts`).
 * Source: Witten, Bell 1991, method C; what makes something new a surprise was measured on fleets
 * (docs/measurements/fleet.md).
 * Limits: a tool that is known and used for something else is not new; those of `value-novelty.ts`.
 */
import { isDeclared } from '../governance/declared-tool.ts';
import { toolName } from '../kept/joined-names.ts';
import { excusedByEnvelope } from './envelope-excuse.ts';
import { excusedByChange, mostOf } from './novelty-excuse.ts';
import { EFFECTFUL, type NoveltyOptions } from './novelty-options.ts';
import { excusedAsUnknown, isUnknownTool, noteUnknownTool } from './unknown-tool.ts';
import { valueNovelty } from './value-novelty.ts';

export const FIRST_TOOL: NoveltyOptions = {
  name: 'first_tool',
  ruleId: 'first-tool',
  severity: (event) => (isUnknownTool(event) ? 'low' : 'medium'),
  weight: 0.02,
  valueOf: (event) => (event.tool === undefined ? undefined : toolName(event.tool)),
  deserves: (_, event) => EFFECTFUL.has(event.effect) || isUnknownTool(event),
  excuse: (of) =>
    isDeclared(of.registered, of.event.tool)
      ? 'quiet'
      : mostOf([excusedAsUnknown(of), excusedByEnvelope(of, 'capabilities'), excusedByChange(of)]),
  isUnknown: isUnknownTool,
  note: noteUnknownTool,
  describe: (_, event, isDone) =>
    `${isDone ? 'called' : 'to call'} ${event.tool?.name ?? 'a tool'}`.slice(0, 60),
};

export const firstTool = valueNovelty(FIRST_TOOL);
