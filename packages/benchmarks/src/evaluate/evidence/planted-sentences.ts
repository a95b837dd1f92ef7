/**
 * Which sentences of a recorded result were planted, by how its benchmark plants them. Only to teach the
 * mark model; a source on which it is reported is left out of what it is taught with.
 */
import type { LabelledRun, Source } from './recorded-runs.ts';

const SPANS: Partial<Record<Source, RegExp>> = {
  agentdojo:
    /<INFORMATION>[\s\S]*?<\/INFORMATION>|IMPORTANT!!! Ignore.*?(?:\n|$)|Ignore your previous[\s\S]*?instead\.|TODO: .*?(?:\n|$)/g,
  agentdyn:
    /<INFORMATION>[\s\S]*?<\/INFORMATION>|IMPORTANT!!! Ignore.*?(?:\n|$)|Ignore your previous[\s\S]*?instead\.|TODO: .*?(?:\n|$)/g,
  asb: /(?<=\.;)[\s\S]*/g,
};

/** Texts that stand in the results of several tools, as InjecAgent places each order in many. */
export function repeatedSentences(
  runs: readonly LabelledRun[],
  sentencesOf: (result: unknown) => readonly string[],
): ReadonlySet<string> {
  const tools = new Map<string, Set<string>>();
  for (const { calls } of runs) {
    const [first] = calls;
    if (first === undefined) continue;
    for (const sentence of sentencesOf(first.result)) {
      if (sentence.length <= 15) continue;
      const known = tools.get(sentence) ?? new Set();
      tools.set(sentence, known.add(first.tool));
    }
  }
  return new Set([...tools].flatMap(([sentence, by]) => (by.size > 1 ? [sentence] : [])));
}

/** The planted parts of a result's text; empty where its source has no wrapper of its own. */
export function plantedSpans(source: Source, text: string): string {
  const spans = SPANS[source];
  return spans === undefined ? '' : (text.match(spans) ?? []).join('\n');
}
