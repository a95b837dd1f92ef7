/** The small things that every page is made of: a time, an agent, a capability, an id, a severity. */
import { Tooltip } from '@mantine/core';
import { Link } from 'wouter';
import { shortName } from '../../core/words.ts';
import { agentPath, chainPath } from '../data/answers.ts';
import { useNowMs } from '../data/present.ts';
import { ago, clock, dayAndClock, hourAgo } from '../data/times.ts';
import { Mark, type Shape } from './mark.tsx';

const ID_SHOWN = 8;

/** Absolute, the relative one beside. */
export function Time({ at, short = false }: { readonly at: string; readonly short?: boolean }) {
  const nowMs = useNowMs();
  return (
    <time dateTime={at} title={`${at} (UTC)`} className="whole">
      {short ? clock(at) : `${dayAndClock(at)} UTC`} <span className="quiet">{ago(at, nowMs)}</span>
    </time>
  );
}

/** Of what is known to the hour only: `09 h`. */
export function Hour({ at }: { readonly at: string }) {
  const nowMs = useNowMs();
  return (
    <time dateTime={at} title={`in the hour from ${at} (UTC) on`} className="whole">
      {at.slice(0, 10)} {at.slice(11, 13)} h UTC <span className="quiet">{hourAgo(at, nowMs)}</span>
    </time>
  );
}

export function Agent({ uid }: { readonly uid: string }) {
  return (
    <Link href={agentPath(uid)} className="agent" title={uid}>
      {shortName(uid)}
    </Link>
  );
}

export function Capability({ symbol }: { readonly symbol: string }) {
  return <code className="chip">{symbol}</code>;
}

/** Short, the whole on hover and on copy. */
export function ShortId({ id, href }: { readonly id: string; readonly href?: string }) {
  const text = <code className="id">{id.slice(0, ID_SHOWN)}</code>;
  const onCopy = (event: React.ClipboardEvent) => {
    event.clipboardData.setData('text/plain', id);
    event.preventDefault();
  };
  return (
    <Tooltip label={id}>
      {href === undefined ? (
        <span onCopy={onCopy}>{text}</span>
      ) : (
        <a href={href} onCopy={onCopy}>
          {text}
        </a>
      )}
    </Tooltip>
  );
}

export function ChainId({ id }: { readonly id: string }) {
  return (
    <Link href={chainPath(id)} title={id}>
      <code className="id">{id.slice(0, ID_SHOWN)}</code>
    </Link>
  );
}

const SEVERITIES: readonly Shape[] = ['critical', 'high', 'medium', 'low', 'info'];

/** Shape and word before color. */
export function SeverityMark({ value }: { readonly value: string }) {
  const shape = SEVERITIES.find((one) => one === value) ?? 'info';
  return (
    <span className={`severity severity-${shape}`}>
      <Mark shape={shape} /> {value}
    </span>
  );
}

const OUTCOMES: Readonly<Record<string, string>> = {
  success: 'done',
  denied: 'denied',
  tool_error: 'failed',
  protocol_error: 'failed',
  cancelled: 'cancelled',
};

export function Outcome({ value }: { readonly value: string }) {
  const word = Object.hasOwn(OUTCOMES, value) ? OUTCOMES[value] : value;
  if (value !== 'denied') return <>{word}</>;
  return (
    <b className="outcome">
      <Mark shape="denied" /> {word}
    </b>
  );
}
