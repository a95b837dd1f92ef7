/** The search and choices above a list; narrow screens fold the choices away. */
import { Button } from '@mantine/core';
import { type ReactNode, useId, useState } from 'react';

const NO_FILTER: ReadonlySet<string> = new Set(['q', 'cursor']);

export function Filters({
  params,
  search,
  children,
}: {
  readonly params: URLSearchParams;
  readonly search: ReactNode;
  readonly children: ReactNode;
}) {
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  const count = [...params.keys()].filter((name) => !NO_FILTER.has(name)).length;
  return (
    <search id={id} className="filters" data-folded={isOpen ? undefined : true}>
      {search}
      <Button
        className="fold"
        size="xs"
        variant="default"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setIsOpen(!isOpen)}
      >
        {isOpen ? 'Fewer filters' : `Filters${count === 0 ? '' : ` (${count})`}`}
      </Button>
      {children}
    </search>
  );
}
