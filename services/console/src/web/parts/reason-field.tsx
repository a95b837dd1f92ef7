/** Why somebody does it: asked of every act. */
import { Textarea } from '@mantine/core';

const REASON_LENGTH_MIN = 3;

export const isReason = (text: string) => text.trim().length >= REASON_LENGTH_MIN;

export function ReasonField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <Textarea
      label="Reason"
      autosize
      minRows={2}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
