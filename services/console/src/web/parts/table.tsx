/** What is wider than a narrow window scrolls by itself, by keyboard too, and says what it is. */
import { Table } from '@mantine/core';
import type { ReactNode } from 'react';

export function Scroll({
  minWidth,
  label,
  children,
}: {
  readonly minWidth: number;
  readonly label: string;
  readonly children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must be able to.
    <section className="scroll" aria-label={label} tabIndex={0}>
      <div style={{ minWidth }}>{children}</div>
    </section>
  );
}

/** The names of a table's columns. */
export function TableHead({ names }: { readonly names: readonly string[] }) {
  return (
    <Table.Thead>
      <Table.Tr>
        {names.map((name) => (
          <Table.Th key={name}>{name}</Table.Th>
        ))}
      </Table.Tr>
    </Table.Thead>
  );
}
