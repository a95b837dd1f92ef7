/** What the server said when it refused an act; read aloud when it appears. */
import { useState } from 'react';
import { Mark } from './mark.tsx';

export function Problem({ text }: { readonly text: string }) {
  return (
    <div role="alert">
      {text !== '' && (
        <p className="problem">
          <Mark shape="warning" /> {text}
        </p>
      )}
    </div>
  );
}

export interface Act {
  readonly busy: boolean;
  readonly problem: string;
  /** Runs it; true when it was taken. */
  readonly run: (work: () => Promise<unknown>) => Promise<boolean>;
  readonly clear: () => void;
}

/** One act at a time: whether it is under way, and what the server said when it refused. */
export function useAct(): Act {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const run = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setProblem('');
    try {
      await work();
      return true;
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, run, clear: () => setProblem('') };
}
