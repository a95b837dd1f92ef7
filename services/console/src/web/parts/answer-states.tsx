/**
 * The states of an answer: not there yet, wrong, old. An error says what failed, what is still true and what to do.
 */
import { Skeleton } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { Component, type ReactNode } from 'react';
import { AnswerError } from '../data/answers.ts';
import { clock } from '../data/times.ts';
import { Mark } from './mark.tsx';

const LINES = [60, 100, 90, 95];

function Loading({ what }: { readonly what: string }) {
  return (
    <section aria-busy="true" aria-label={`Asking for ${what}`}>
      <p className="quiet">Asking for {what}…</p>
      {LINES.map((width) => (
        <Skeleton key={width} height={14} mt={10} width={`${width}%`} animate={false} />
      ))}
    </section>
  );
}

function Failed({ error, updatedAt }: { readonly error: Error; readonly updatedAt: number }) {
  const answered = error instanceof AnswerError ? error : undefined;
  const known =
    updatedAt === 0
      ? 'Nothing was shown yet.'
      : `What stands below is as of ${clock(new Date(updatedAt).toISOString())} UTC.`;
  const todo =
    answered?.status === 404
      ? 'If it was just sent, wait two seconds; else check the address.'
      : (answered?.todo ??
        'Events are still taken and kept while Waywarden runs. If it was stopped, start it again with npm start; this page then goes on by itself.');
  return (
    <div className="problem" role="alert">
      <p>
        <Mark shape="warning" /> <b>{error.message}</b>
      </p>
      <p>
        {known} {todo}
      </p>
    </div>
  );
}

/** A component of its own, so that what fails while drawing fails inside the boundary. */
function Draw<T>({
  data,
  children,
}: {
  readonly data: T;
  readonly children: (data: T) => ReactNode;
}) {
  return <>{children(data)}</>;
}

export function Answer<T>({
  query,
  what,
  children,
}: {
  readonly query: UseQueryResult<T>;
  readonly what: string;
  readonly children: (data: T) => ReactNode;
}) {
  const { data, error, dataUpdatedAt } = query;
  return (
    <>
      {error !== null && <Failed error={error} updatedAt={dataUpdatedAt} />}
      {data === undefined ? (
        error === null && <Loading what={what} />
      ) : (
        <DrawnSafely what={what}>
          <Draw data={data}>{children}</Draw>
        </DrawnSafely>
      )}
    </>
  );
}

/** Says what would appear here, and how to make it. */
export function Empty({ children }: { readonly children: ReactNode }) {
  return <div className="empty">{children}</div>;
}

export function Section({
  id,
  title,
  note,
  children,
}: {
  readonly id: string;
  readonly title: string;
  readonly note?: string;
  readonly children: ReactNode;
}) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id} tabIndex={-1}>
        {title} {note !== undefined && <span className="quiet">{note}</span>}
      </h2>
      {children}
    </section>
  );
}

interface Props {
  readonly what: string;
  readonly children: ReactNode;
}

interface State {
  readonly problem: string | undefined;
}

/** A view that can't be drawn says so in its place; the rest of the page stays. */
class DrawnSafely extends Component<Props, State> {
  override state: State = { problem: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { problem: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { problem } = this.state;
    if (problem === undefined) return this.props.children;
    return (
      <div className="problem" role="alert">
        <p>
          <Mark shape="warning" /> <b>This page can’t draw {this.props.what}.</b> {problem}
        </p>
        <p>
          What is stored is not touched. Load the page again; if it stays, the same facts stand
          under
          <code>/v1/alerts</code>.
        </p>
      </div>
    );
  }
}
