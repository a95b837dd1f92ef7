/** Both models, of all sources or of all but one: the marks, and the weights of evidence read with them. */
import { type EvidenceModel, evidenceModel } from '@waywarden/detector';
import { type MarkModel, useMarkModel } from '@waywarden/ingest';
import { evidenceRows, type RunRows } from './evidence-rows.ts';
import { fitMarks } from './fit-marks.ts';
import { fitWeights } from './fit-weights.ts';
import { type ExampleFolders, type MarkExamples, markExamples } from './mark-examples.ts';
import type { LabelledRun } from './recorded-runs.ts';

export interface Models {
  readonly marks: MarkModel;
  readonly evidence: EvidenceModel;
}

export class ModelFitter {
  readonly #examples: MarkExamples;
  readonly #rows: ReadonlyMap<string, readonly RunRows[]>;

  /** Each source is read with marks that were fitted without it, so that weights rest on marks as they carry over. */
  constructor(
    runs: readonly LabelledRun[],
    folders: ExampleFolders,
    say: (what: string) => void = () => {},
  ) {
    say('sentences');
    this.#examples = markExamples(runs, folders);
    const rows = new Map<string, readonly RunRows[]>();
    for (const source of new Set(runs.map((run) => run.source))) {
      say(`evidence of ${source}`);
      useMarkModel(fitMarks(this.#examples, new Set([source])));
      rows.set(source, evidenceRows(runs.filter((run) => run.source === source)));
    }
    useMarkModel();
    this.#rows = rows;
  }

  /** The models of all sources but `without`. */
  fit(without?: string): Models {
    const retained = [...this.#rows].filter(([source]) => source !== without);
    const { high, medium } = evidenceModel();
    return {
      marks: fitMarks(this.#examples, new Set(without === undefined ? [] : [without])),
      evidence: { high, medium, ...fitWeights(new Map(retained)) },
    };
  }
}
