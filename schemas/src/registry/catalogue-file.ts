/** A tool catalogue file: entries as in the registry's `tools`, with lists and optional servers. */
import { z } from 'zod';
import { name } from '../vocabulary/text-limits.ts';
import { toolEntry } from './registry.ts';

/** `a|b|c`. */
const ALTERNATIVES_LENGTH_MAX = 8192;
const TOOLS_MAX = 512;
const SERVERS_LENGTH_MAX = 1024;

const alternatives = z.string().min(1).max(ALTERNATIVES_LENGTH_MAX);

const match = z.object({
  server: z.string().min(1).max(SERVERS_LENGTH_MAX).optional(),
  tool: z
    .union([alternatives, z.array(name).min(1).max(TOOLS_MAX)])
    .transform((tools) => (typeof tools === 'string' ? tools : tools.join('|'))),
  anywhere: z.boolean().optional(),
});

export const catalogueEntry = toolEntry.omit({ state: true }).extend({ match });
export type CatalogueEntry = z.infer<typeof catalogueEntry>;

export const catalogueFile = z.object({
  version: z.literal(1),
  name: z.string().min(1).max(128),
  title: name.optional(),
  tools: z.array(catalogueEntry).min(1),
});
export type CatalogueFile = z.infer<typeof catalogueFile>;
