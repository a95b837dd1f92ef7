/** From one alert to the next of the queue. */
import { Button } from '@mantine/core';
import { useCallback, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import type { AlertListAnswer } from '../../../core/triage/list-model.ts';
import { alertPath, ask } from '../../data/answers.ts';
import { useKeys } from '../../data/keys.ts';

export function NextAlert({ than }: { readonly than: string }) {
  const [, go] = useLocation();
  const [answer, setAnswer] = useState('');
  const next = useCallback(async () => {
    const { items } = await ask<AlertListAnswer>('/v1/console/alerts?limit=200');
    const at = items.findIndex((one) => one.alert_id === than);
    const other = [...items.slice(at + 1), ...items.slice(0, Math.max(0, at))][0];
    if (other === undefined) setAnswer('No other alert is open.');
    else go(alertPath(other.alert_id));
  }, [go, than]);
  useKeys(useMemo(() => ({ s: () => void next() }), [next]));
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={() => void next()}>
        Next alert (s)
      </Button>
      <span role="status" className="quiet">
        {answer}
      </span>
    </>
  );
}
