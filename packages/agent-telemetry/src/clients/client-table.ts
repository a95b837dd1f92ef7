/** `conventions/clients.yaml` and `conventions/detections.yaml`; `conventions/README.md` explains the entries. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { once } from '../model/lazy.ts';

export const FACTS = [
  'agent',
  'arguments',
  'results',
  'task',
  'session',
  'delegation',
  'outcome',
  'definitions',
  'timing',
  'principal',
] as const;
export type Fact = (typeof FACTS)[number];

const FACT = z.enum(FACTS);
const TEXT = z.string().min(1);

const SETUP = z.strictObject({
  part: z.string().regex(/^[a-z]+$/u),
  title: TEXT,
  language: z.enum(['sh', 'json', 'toml', 'yaml', 'python', 'ts']),
  text: TEXT,
});

const CLIENT = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/u),
  name: TEXT,
  kind: z.enum(['coding agent', 'framework', 'library', 'protocol', 'gateway', 'cloud', 'log']),
  what: TEXT,
  conventions: z.array(TEXT),
  recordings: z.array(TEXT),
  sends: TEXT,
  addresses: z.array(z.string().startsWith('/')).min(1),
  setup: z.array(SETUP).min(1),
  content: z.strictObject({
    by_default: z.enum(['sent', 'partly', 'withheld']),
    /** The line that sends content. */
    switch: TEXT.optional(),
    /** Missing without it. */
    missing: z.array(FACT),
  }),
  /** What it never sends. */
  lacks: z.array(FACT),
  as_sent: z.literal(true).optional(),
  notes: z.array(TEXT),
  unconfirmed: z.array(TEXT).default([]),
});

const DETECTION = z.strictObject({
  id: TEXT,
  name: TEXT,
  /** Of its alert. */
  kind: TEXT,
  needs: z.array(FACT).min(1),
  weaker_without: z.array(FACT),
});

const CLIENTS = z.strictObject({ clients: z.array(CLIENT).min(1) });
const DETECTIONS = z.strictObject({
  facts: z.record(FACT, TEXT),
  detections: z.array(DETECTION).min(1),
});

export type Client = z.infer<typeof CLIENT>;
export type ClientSetup = z.infer<typeof SETUP>;
export type Detection = z.infer<typeof DETECTION>;

function read<T>(file: string, shape: z.ZodType<T>): T {
  const url = new URL(`../../conventions/${file}`, import.meta.url);
  const parsed = shape.safeParse(parse(readFileSync(url, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new Error(`${file} is no such table: ${z.prettifyError(parsed.error)}`);
}

/** Most used first. */
export const loadClients = once((): readonly Client[] => read('clients.yaml', CLIENTS).clients);

const detectionTable = once(() => read('detections.yaml', DETECTIONS));

export const loadDetections = (): readonly Detection[] => detectionTable().detections;

export const factWords = (fact: Fact): string => detectionTable().facts[fact];
