/**
 * Leave one source out: before a source is scored, the models take the place of the shipped ones that were
 * fitted without it. Sources on which nothing is fitted are scored with the shipped ones.
 */
import { useEvidenceModel } from '@waywarden/detector';
import { useMarkModel } from '@waywarden/ingest';
import { Progress } from '@waywarden/waywarden/input/command-output';
import { ModelFitter } from './fit-models.ts';
import { recordedRuns, SOURCES } from './recorded-runs.ts';
import { FIT_FOLDERS } from './write-models.ts';

/** To be called with the name of each source before it is scored. */
export function leftOutModels(data: string): (source: string) => Promise<void> {
  let fitter: ModelFitter | undefined;
  return async (source) => {
    useMarkModel();
    useEvidenceModel();
    const name = source === 'tau_bench' ? 'tau' : source;
    if (!SOURCES.some((one) => one === name)) return;
    if (fitter === undefined) {
      const progress = new Progress('Fitting without each source');
      fitter = new ModelFitter(await recordedRuns(data), FIT_FOLDERS, (what) =>
        progress.show(what),
      );
      progress.done('fitted');
    }
    const { marks, evidence } = fitter.fit(name);
    useMarkModel(marks);
    useEvidenceModel(evidence);
  };
}
