/** Copies a text, and says whether that came to pass: a browser may refuse it. */
import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';

const CLAIMED_MS = 4000;

const WORDS = {
  ready: '',
  copied: 'Copied.',
  refused: 'This browser does not let the page copy: mark the text and copy it.',
} as const;

export function CopyButton({
  text,
  label,
  missing,
}: {
  readonly text: string;
  readonly label: string;
  /** What must be filled in before it is of use. */
  readonly missing: readonly string[];
}) {
  const [state, setState] = useState<keyof typeof WORDS>('ready');
  useEffect(() => {
    if (state !== 'copied') return;
    const timer = setTimeout(() => setState('ready'), CLAIMED_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
    } catch {
      setState('refused');
    }
  };
  const isReady = missing.length === 0;
  return (
    <p className="copy">
      <Button size="compact-md" disabled={!isReady} onClick={() => void copy()}>
        {label}
      </Button>{' '}
      <span role="status">{isReady ? WORDS[state] : `Say first: ${missing.join(', ')}.`}</span>
    </p>
  );
}
